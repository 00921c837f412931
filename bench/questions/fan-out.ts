import { Crowd } from '../load/crowd.ts'
import { inTurns, openConnections } from '../load/workers.ts'
import { startBareWebSocket } from '../servers/baselines.ts'
import { cpuMsOf } from '../servers/processes.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Measure, Question, Step, Values } from '../suite/question.ts'
import type { Size } from '../suite/size.ts'
import { median } from '../suite/statistics.ts'
import { exampleEvent, launchMissing, missing } from './missing.ts'

const crowds = [1, 100, 1_000, 5_000]
const sustainedCrowd = 1_000

const lastName = (clients: number) =>
  `${clients === 1 ? '1 client' : `${clients.toLocaleString('en')} clients`}: POST to last receipt`
const sustained = `${sustainedCrowd.toLocaleString('en')} clients: messages`
const cpuName = `${sustainedCrowd.toLocaleString('en')} clients: CPU of a message`

const bare = { baseline: 'bare ws' } as const

export const fanOut: Question = {
  name: 'fan-out',
  asks: 'How long until every WebSocket client has an event, and how many messages a second?',
  measures: [
    ...crowds.map((clients): Measure => ({ name: lastName(clients), unit: 'ms', better: 'lower', ...bare })),
    { name: sustained, unit: '/s', better: 'higher', goal: { value: 500_000 }, ...bare },
    { name: cpuName, unit: 'µs', better: 'lower', ...bare }
  ],
  async prepare(size, stack) {
    const product = await startWeftGateway({ apps: { missing } }, stack)
    const baseline = await startBareWebSocket(exampleEvent, stack)
    return [
      ...crowds
        .slice(0, size.pick({ quick: 3, full: 4 }))
        .map(clients => lastReceipt(clients, { product, baseline }, size)),
      sustainedRate({ product, baseline }, size)
    ]
  }
}

interface Servers {
  readonly product: ServerProcess
  readonly baseline: ServerProcess
}

function lastReceipt(clients: number, { product, baseline }: Servers, size: Size): Step {
  const events = size.pick({ quick: 5, full: 40 })
  const measure = async (url: string, greetings: number, server: ServerProcess): Promise<Values> => {
    await using stack = new AsyncDisposableStack()
    const crowd = await Crowd.open(url, { size: clients, greetings, stack })
    const connections = await openConnections(server.url, 1, { stack })
    const times: number[] = []
    await inTurns(connections, events, async connection => {
      const last = crowd.receive(clients)
      const start = performance.now()
      await launchMissing(connection)
      times.push((await last) - start)
    })
    return { [lastName(clients)]: median(times) }
  }
  return {
    product: () => measure(`${product.url}/events?type=Launched`, 2, product),
    baseline: () => measure(baseline.url, 0, baseline)
  }
}

function sustainedRate({ product, baseline }: Servers, size: Size): Step {
  const events = size.pick({ quick: 60, full: 1_000 })
  const measure = async (server: ServerProcess, crowd: Crowd, send: () => Promise<unknown>): Promise<Values> => {
    const count = events * crowd.size
    const cpuBefore = cpuMsOf(server.pids)
    const last = crowd.receive(count)
    const start = performance.now()
    await send()
    const elapsedMs = (await last) - start
    return { [sustained]: (count * 1_000) / elapsedMs, [cpuName]: ((cpuMsOf(server.pids) - cpuBefore) * 1_000) / count }
  }
  return {
    async product() {
      await using stack = new AsyncDisposableStack()
      const connections = await openConnections(product.url, 16, { stack })
      const crowd = await Crowd.open(`${product.url}/events`, { size: sustainedCrowd, greetings: 2, stack })
      // Each launch has two events.
      return await measure(product, crowd, () => inTurns(connections, events / 2, launchMissing))
    },
    async baseline() {
      await using stack = new AsyncDisposableStack()
      const [connection] = await openConnections(baseline.url, 1, { stack })
      const crowd = await Crowd.open(baseline.url, { size: sustainedCrowd, greetings: 0, stack })
      return await measure(baseline, crowd, async () => connection?.request('POST', `/?count=${events}`))
    }
  }
}
