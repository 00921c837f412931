import { Launches } from '../load/launches.ts'
import { inTurns, openConnections } from '../load/workers.ts'
import { startBareFastify, startBareGateway } from '../servers/baselines.ts'
import { cpuMsOf } from '../servers/processes.ts'
import { makeProgram } from '../servers/program.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Goal, Measure, Question, Step, Values } from '../suite/question.ts'
import type { Size } from '../suite/size.ts'
import { percentile } from '../suite/statistics.ts'
import { newTestToken } from './token.ts'

const atATime = 64
const listed = 50

/** Reads before the first round: V8 compiles what runs often, which takes it some thousands of requests. */
const warmUp = { one: 10_000, list: 3_000 }

const rate = (call: string, baseline: string, goal?: Goal): readonly Measure[] => [
  { name: `${call}: requests`, unit: '/s', better: 'higher', baseline, ...(goal && { goal }) },
  { name: `${call}: CPU of a request`, unit: 'µs', better: 'lower', baseline }
]

const get = 'GET /sessions/{id}'
const list = `GET /sessions?limit=${listed}`
const post = 'POST /sessions'
const withToken = (call: string) => `${call}, with a token`
const tailOf = (call: string) => `${call}: p99 to p50`

export const requests: Question = {
  name: 'requests',
  asks: `How many requests a second, ${atATime} at a time?`,
  measures: [
    ...rate(get, 'bare Fastify', { ratio: 0.85 }),
    ...rate(withToken(get), 'bare Fastify'),
    ...rate(list, 'bare Fastify, same bytes', { ratio: 0.7 }),
    { name: tailOf(list), unit: '×', better: 'lower', baseline: 'bare Fastify, same bytes', goal: { value: 3 } },
    ...rate(post, 'bare gateway', { ratio: 0.8 }),
    ...rate(withToken(post), 'bare gateway')
  ],
  async prepare(size, stack) {
    const apps = { app: makeProgram(stack).quiet }
    const { token, entry } = newTestToken()
    const open = await startWeftGateway({ apps }, stack)
    const guarded = await startWeftGateway({ apps, tokens: [entry] }, stack)
    const bareGateway = await startBareGateway({ apps }, stack)
    const bareFastify = await startBareFastify(await launchListed(open, stack), stack)
    await launchListed(guarded, stack, token)
    const reads = { one: size.pick({ quick: 2_000, full: 20_000 }), list: size.pick({ quick: 500, full: 4_000 }) }
    const reading = async (call: string, server: ServerProcess, secret?: string) => {
      const isList = call.startsWith(list)
      const round = (count: number) => read(server, { call, count, token: secret })
      await round(isList ? warmUp.list : warmUp.one)
      return () => round(isList ? reads.list : reads.one)
    }
    return [
      { product: await reading(get, open), baseline: await reading(get, bareFastify) },
      { product: await reading(withToken(get), guarded, token), baseline: await reading(withToken(get), bareFastify) },
      { product: await reading(list, open), baseline: await reading(list, bareFastify) },
      launching(post, { product: open, baseline: bareGateway }, { size }),
      launching(withToken(post), { product: guarded, baseline: bareGateway }, { size, token })
    ]
  }
}

/** Launches as many sessions as one list has. @returns what is read later */
async function launchListed(server: ServerProcess, outer: AsyncDisposableStack, token?: string) {
  const stack = outer.use(new AsyncDisposableStack())
  const launches = await Launches.open(server, { atATime: 8, stack, token })
  await launches.launch(listed, 'app')
  const [connection] = await openConnections(server.url, 1, { stack, token })
  if (!connection) throw new Error('not connected')
  const session = await connection.expect(200, 'GET', '/sessions/1')
  return { session, list: await connection.expect(200, 'GET', `/sessions?limit=${listed}`) }
}

interface Reads {
  readonly call: string
  readonly count: number
  readonly token: string | undefined
}

async function read(server: ServerProcess, { call, count, token }: Reads): Promise<Values> {
  await using stack = new AsyncDisposableStack()
  const connections = await openConnections(server.url, atATime, { stack, token })
  const path = call.startsWith(list) ? `/sessions?limit=${listed}` : '/sessions/1'
  const times: number[] = []
  const values = await timed(server, { call, count }, () =>
    inTurns(connections, count, async connection => {
      const start = performance.now()
      await connection.expect(200, 'GET', path)
      times.push(performance.now() - start)
    })
  )
  return { ...values, [tailOf(call)]: percentile(times, 0.99) / percentile(times, 0.5) }
}

function launching(
  call: string,
  servers: { readonly product: ServerProcess; readonly baseline: ServerProcess },
  { size, token }: { readonly size: Size; readonly token?: string }
): Step {
  const count = size.pick({ quick: 96, full: 1_024 })
  const measure = async (server: ServerProcess): Promise<Values> => {
    await using stack = new AsyncDisposableStack()
    const launches = await Launches.open(server, { atATime, stack, token })
    const posted: number[] = []
    const values = await timed(server, { call, count }, async () => {
      posted.push(...(await launches.post(count, 'app')))
    })
    await Promise.all(posted.map(id => launches.ready(id)))
    await launches.stop(posted)
    return values
  }
  return { product: () => measure(servers.product), baseline: () => measure(servers.baseline) }
}

async function timed(
  server: ServerProcess,
  { call, count }: { readonly call: string; readonly count: number },
  act: () => Promise<void>
): Promise<Values> {
  const cpuBefore = cpuMsOf(server.pids)
  const start = performance.now()
  await act()
  return {
    [`${call}: requests`]: (count * 1_000) / (performance.now() - start),
    [`${call}: CPU of a request`]: ((cpuMsOf(server.pids) - cpuBefore) * 1_000) / count
  }
}
