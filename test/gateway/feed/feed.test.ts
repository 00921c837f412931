import { join } from 'node:path'
import t from 'tap'
import { Feed, type Message, type Sink } from '../../../src/gateway/feed/feed.ts'
import { Registry } from '../../../src/gateway/registry/registry.ts'
import { SqliteEventLog } from '../../../src/gateway/store/sqlite-event-log.ts'
import { temporaryFolder } from '../../helper.ts'

function recordingSink() {
  const gone = new AbortController()
  const said: string[] = []
  const encode = ({ type }: Message) => Buffer.from(`${type} `)
  const sink: Sink = {
    transport: 'websocket',
    encode,
    closed: gone.signal,
    waitingBytes: 0,
    write: bytes => void said.push(...String(bytes).trim().split(' ')),
    drained: async () => {},
    evict: () => void said.push('evicted'),
    end: () => void said.push('ended')
  }
  return { sink, said, gone }
}

t.test('a client whose events can’t be read is sent away to try again, and the gateway lives', async t => {
  const log = new SqliteEventLog(join(await temporaryFolder(t), 'gateway.db'))
  const feed = new Feed(new Registry(log, () => {}), log)
  const { sink, said } = recordingSink()
  log.close()
  await feed.follow({ sink, filter: {}, since: { epoch: log.epoch, seq: 0 }, heartbeatMs: 0 })
  t.same(said, ['evicted'])
})

t.test('a client that goes while it catches up is not followed by events', async t => {
  const log = new SqliteEventLog(join(await temporaryFolder(t), 'gateway.db'))
  t.teardown(() => log.close())
  const registry = new Registry(log, () => {})
  const feed = new Feed(registry, log)
  const { sink, said, gone } = recordingSink()
  const following = feed.follow({ sink, filter: {}, heartbeatMs: 0 })
  gone.abort()
  await following
  registry.register({ appId: 'app', labels: {} })
  feed.close()
  t.same(said, ['Hello', 'Snapshot'])
})
