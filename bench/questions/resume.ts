import { Crowd } from '../load/crowd.ts'
import { inTurns, openConnections } from '../load/workers.ts'
import { startBareWebSocket } from '../servers/baselines.ts'
import type { ServerProcess } from '../servers/server-process.ts'
import { startWeftGateway } from '../servers/weft-gateway.ts'
import type { Question, Values } from '../suite/question.ts'
import { percentile } from '../suite/statistics.ts'
import { exampleEvent, launchMissing, missing } from './missing.ts'

const one = 'one client: events'
const many = 'many clients: events'
const delay = 'many clients: p90 that another’s live event is later'

interface Side {
  readonly server: ServerProcess
  /** Where a client gets all of the history, and where it gets new events only. */
  readonly resumeUrl: string
  readonly liveUrl: string
  /** How many messages it gets before those. */
  readonly greetings: { readonly resumed: number; readonly live: number }
}

export const resume: Question = {
  name: 'resume',
  asks: 'How fast do clients get the events that they missed, and do others wait for it?',
  measures: [
    { name: one, unit: '/s', better: 'higher', baseline: 'bare ws' },
    { name: many, unit: '/s', better: 'higher', baseline: 'bare ws' },
    { name: delay, unit: 'ms', better: 'lower', baseline: '', goal: { value: 10 } }
  ],
  async prepare(size, stack) {
    const events = size.pick({ quick: 2_000, full: 100_000 })
    const clients = size.pick({ quick: 20, full: 100 })
    const product = await withHistory(await startWeftGateway({ apps: { missing } }, stack), events)
    const baseline = await startBareWebSocket(exampleEvent, stack)
    const bare: Side = {
      server: baseline,
      resumeUrl: `${baseline.url}/?history=${events}`,
      liveUrl: baseline.url,
      greetings: { resumed: 0, live: 0 }
    }
    const alone = async (side: Side) => ({ [one]: (events * 1_000) / (await resumeAll(side, 1, events)) })
    return [
      { product: () => alone(product), baseline: () => alone(bare) },
      {
        product: () => resumeBesideOthers(product, clients, events),
        // A difference of two times has no ratio.
        baseline: async () => ({ [many]: (await resumeBesideOthers(bare, clients, events))[many] as number })
      }
    ]
  }
}

/** Makes so many events. */
async function withHistory(server: ServerProcess, events: number): Promise<Side> {
  await using stack = new AsyncDisposableStack()
  const connections = await openConnections(server.url, 64, { stack })
  const [first] = connections
  const { eventCursor } = JSON.parse((await first?.expect(200, 'GET', '/sessions')) ?? '') as { eventCursor: string }
  const all = await Crowd.open(`${server.url}/events`, { size: 1, greetings: 2, stack })
  const last = all.receive(events)
  await inTurns(connections, events / 2, launchMissing)
  await last
  const resumeUrl = `${server.url}/events?since=${eventCursor}`
  const liveUrl = `${server.url}/events?type=Launched`
  return { server, resumeUrl, liveUrl, greetings: { resumed: 1, live: 2 } }
}

/** @returns how long it takes until so many clients have all of the events, in milliseconds */
async function resumeAll(side: Side, clients: number, events: number): Promise<number> {
  await using stack = new AsyncDisposableStack()
  const start = performance.now()
  const greetings = events + side.greetings.resumed
  await Crowd.open(side.resumeUrl, { size: clients, greetings, stack })
  return performance.now() - start
}

async function resumeBesideOthers(side: Side, clients: number, events: number): Promise<Values> {
  const before = await liveTimes(side, AbortSignal.timeout(500))
  const resumed = new AbortController()
  const [elapsedMs, during] = await Promise.all([
    resumeAll(side, clients, events).finally(() => resumed.abort()),
    liveTimes(side, resumed.signal)
  ])
  return {
    [many]: (clients * events * 1_000) / elapsedMs,
    [delay]: percentile(during, 0.9) - percentile(before, 0.5)
  }
}

/** From requests, one at a time, to the receipt of their events by another client, in milliseconds. */
async function liveTimes({ server, liveUrl, greetings }: Side, until: AbortSignal): Promise<number[]> {
  await using stack = new AsyncDisposableStack()
  const connections = await openConnections(server.url, 1, { stack })
  const crowd = await Crowd.open(liveUrl, { size: 1, greetings: greetings.live, stack })
  const times: number[] = []
  while (times.length < 3 || !until.aborted) {
    await inTurns(connections, 1, async connection => {
      const received = crowd.receive(1)
      const start = performance.now()
      await launchMissing(connection)
      times.push((await received) - start)
    })
  }
  return times
}
