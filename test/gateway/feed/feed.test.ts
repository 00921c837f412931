import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { sse } from '../../../routes/events/stream.ts'
import { Feed } from '../../../src/gateway/feed/feed.ts'
import { readHistory } from '../../../src/gateway/feed/history.ts'
import type { Message, Sink } from '../../../src/gateway/feed/sink.ts'
import { maxTotalWaitingBytes, maxWaitingBytes } from '../../../src/gateway/feed/slow-clients.ts'
import { DurableSessions } from '../../../src/gateway/registry/durable-sessions.ts'
import { Registry } from '../../../src/gateway/registry/registry.ts'
import { Store } from '../../../src/gateway/store/store.ts'
import { temporaryFolder } from '../../helper.ts'

async function openFeed(t: Test) {
  const store = new Store(join(await temporaryFolder(t), 'gateway.db'))
  const lines: { level: number; err: { message: string } }[] = []
  const log = pino({}, { write: line => void lines.push(JSON.parse(line)) })
  const sessions = new DurableSessions({ store, log })
  const registry = new Registry({ store, sessions, stop: () => {} })
  return { store, registry, lines, feed: new Feed({ sessions, store, log }) }
}

/** A client that takes everything at once. */
class Recorder implements Sink {
  readonly transport = 'websocket'
  readonly heartbeatMs = 0
  waitingBytes = 0
  readonly gone = new AbortController()
  readonly closed = this.gone.signal
  readonly said: string[] = []
  readonly encode: Sink['encode'] = ({ type }: Message) => Buffer.from(`${type} `)

  constructor(t?: Test) {
    t?.teardown(() => this.gone.abort())
  }

  write(bytes: Buffer): void {
    this.said.push(...String(bytes).trim().split(' '))
  }

  async drained(): Promise<void> {}

  evict(): void {
    this.said.push('evicted')
  }

  end(): void {
    this.said.push('ended')
  }
}

t.test('a client whose events can’t be read is sent away to try again: in a line of the log, and counted', async t => {
  const { store, feed, lines } = await openFeed(t)
  const sink = new Recorder(t)
  store.close()
  await feed.serve({ sink, filter: {}, since: { epoch: store.epoch, seq: 0 } })
  t.same(sink.said, ['evicted'])
  t.same(feed.failed, { websocket: 1, sse: 0, ndjson: 0 })
  t.match(lines, [{ level: 40, err: { code: 'storage-unavailable', message: /database is not open/ } }])
})

t.test('a client that can’t be written to keeps no other from the events', async t => {
  const { store, feed, lines, registry } = await openFeed(t)
  t.teardown(() => store.close())
  const broken = new Recorder(t)
  const sound = new Recorder(t)
  for (const sink of [broken, sound]) await feed.serve({ sink, filter: {} })
  broken.write = () => {
    throw new Error('out of order')
  }
  await registry.register({ appId: 'app', labels: {} })
  await nextTurn()
  await nextTurn()
  t.same(sound.said, ['Hello', 'Snapshot', 'Launched'])
  t.same(broken.said, ['Hello', 'Snapshot', 'evicted'])
  t.equal(feed.failed.websocket, 1)
  t.match(lines, [{ level: 50, err: { message: 'out of order' } }])
})

t.test('a client that goes while it catches up is not told of events', async t => {
  const { store, feed, registry } = await openFeed(t)
  t.teardown(() => store.close())
  const sink = new Recorder(t)
  const serving = feed.serve({ sink, filter: {} })
  sink.write = bytes => {
    Recorder.prototype.write.call(sink, bytes)
    if (sink.said.includes('Snapshot')) sink.gone.abort()
  }
  await serving
  await registry.register({ appId: 'app', labels: {} })
  feed.close()
  t.same(sink.said, ['Hello', 'Snapshot'])
})

t.test('a snapshot is made once for the clients of a moment, who take turns with everything else', async t => {
  const { store, feed, registry } = await openFeed(t)
  t.teardown(() => store.close())
  for (let n = 0; n < 100; n++) await registry.register({ appId: n % 2 ? 'odd' : 'even', labels: {} })
  const made: string[] = []
  const encode = ({ type, json }: Message) => {
    if (type === 'Snapshot') made.push(json)
    return Buffer.from(`${type} `)
  }
  let turns = 0
  let isServing = true
  const others = (async () => {
    while (isServing) {
      await nextTurn()
      turns++
    }
  })()
  const clients = Array.from({ length: 500 }, () => Object.assign(new Recorder(t), { encode }))
  const serve = (filter: object) => Promise.all(clients.map(sink => feed.serve({ sink, filter })))
  await serve({})
  isServing = false
  await others
  t.ok(turns >= clients.length, `${turns} other turns`)
  t.equal(made.length, 1)
  t.equal(JSON.parse(made[0] ?? '').sessions.length, 100)
  await serve({ appIds: ['odd'], types: ['Stopped'] })
  t.equal(made.length, 2, 'once for another filter')
  t.equal(JSON.parse(made[1] ?? '').sessions.length, 50)
  await registry.register({ appId: 'odd', labels: {} })
  await serve({})
  t.equal(made.length, 3, 'once for another moment')
  t.equal(JSON.parse(made[2] ?? '').sessions.length, 101)
})

t.test(
  'a transport with a sign of life of its own tells the cursor with it, past what the filter leaves out',
  async t => {
    const { store, feed, registry } = await openFeed(t)
    t.teardown(() => store.close())
    const { promise, resolve } = Promise.withResolvers<string>()
    const encodeCursor = (cursor: string) => {
      if (cursor.endsWith('.1')) resolve(cursor)
      return Buffer.from(`${cursor} `)
    }
    const sink = Object.assign(new Recorder(t), { heartbeatMs: 5, encodeCursor })
    await feed.serve({ sink, filter: { appIds: ['wanted'] } })
    await registry.register({ appId: 'other', labels: {} })
    t.equal(await promise, `${store.epoch}.1`)
    t.notOk(sink.said.includes('Launched'))
    t.equal(String(sse.encodeCursor?.('e.9')), ': \nid: e.9\n\n')
  }
)

/** Some hundred kilobytes. */
const manyEvents = 1_500

function pruneAllBut10(store: Store) {
  while (store.pruneEvents({ before: 0, keep: 10 }) > 0);
}

t.test('a stream whose next events are pruned while its client reads has a Gap', async t => {
  const { store, feed, registry } = await openFeed(t)
  t.teardown(() => store.close())
  for (let n = 0; n < manyEvents; n++) await registry.register({ appId: 'app', labels: {} })
  const sink = new Recorder(t)
  sink.drained = async () => {
    if (sink.said.includes('Launched')) pruneAllBut10(store)
  }
  await feed.serve({ sink, filter: {}, since: { epoch: store.epoch, seq: 0 } })
  t.equal(sink.said[0], 'Hello')
  t.ok(sink.said.slice(1, -2).every(type => type === 'Launched'))
  t.same(sink.said.slice(-2), ['Gap', 'Snapshot'])
})

t.test('a page of history that is pruned while it is read ends there, and the next one is 410', async t => {
  const { store, registry } = await openFeed(t)
  t.teardown(() => store.close())
  for (let n = 0; n < manyEvents; n++) await registry.register({ appId: 'app', labels: {} })
  for (const filter of [{}, { appIds: ['app'] }]) {
    const reading = readHistory(store, { filter, limit: manyEvents })
    pruneAllBut10(store)
    const { events, seq } = await reading
    const first = events[0]?.seq ?? 0
    t.same(
      events.map(event => event.seq),
      Array.from({ length: seq - first + 1 }, (_, index) => first + index),
      'nothing is left out before its cursor'
    )
    t.ok(seq < store.tail - 1)
    await t.rejects(readHistory(store, { seq, filter, limit: 10 }), { code: 'cursor-expired' })
    t.equal((await readHistory(store, { filter, limit: 10 })).events[0]?.seq, store.tail)
    for (let n = 0; n < manyEvents; n++) await registry.register({ appId: 'app', labels: {} })
  }
})

t.test('when too much waits for all clients together, those with the most are closed, and the others stay', async t => {
  const { store, feed, registry } = await openFeed(t)
  t.teardown(() => store.close())
  const slow = Array.from({ length: maxTotalWaitingBytes / maxWaitingBytes + 2 }, () => new Recorder(t))
  const sound = new Recorder(t)
  for (const sink of [...slow, sound]) await feed.serve({ sink, filter: {} })
  const [fastest, ...others] = slow
  for (const sink of others) sink.waitingBytes = maxWaitingBytes
  if (fastest) fastest.waitingBytes = maxWaitingBytes / 2
  await registry.register({ appId: 'app', labels: {} })
  await nextTurn()
  t.ok(others.every(({ said }) => said.at(-1) === 'evicted'))
  for (const { said } of [fastest ?? sound, sound]) t.equal(said.at(-1), 'Launched')
})

t.test('however many clients are too slow, each with more than 1 MiB waiting is closed', async t => {
  const { store, feed, registry } = await openFeed(t)
  t.teardown(() => store.close())
  const slow = Array.from({ length: 300 }, () => new Recorder(t))
  for (const sink of slow) await feed.serve({ sink, filter: {} })
  for (const sink of slow) sink.waitingBytes = 2 * maxWaitingBytes
  await registry.register({ appId: 'app', labels: {} })
  await nextTurn()
  t.ok(slow.every(({ said }) => said.at(-1) === 'evicted'))
})
