import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Store } from '../../../src/gateway/store/store.ts'
import { FactRecorder } from '../../../src/gateway/supervisor-link/fact-recorder.ts'
import type { Fact } from '../../../src/protocol/fact.ts'
import { temporaryFolder } from '../../helper.ts'
import { registryOn } from '../registry/registry-on.ts'

const time = Date.now()

/** A recorder on a real store, whose database another connection can lock. */
async function open(t: Test) {
  const path = join(await temporaryFolder(t), 'gateway.db')
  const store = new Store(path)
  const other = new DatabaseSync(path)
  t.teardown(() => {
    other.close()
    store.close()
  })
  const { registry, sessions } = registryOn(store)
  const acknowledged: number[] = []
  const told: string[] = []
  sessions.subscribe(({ type }, { id }) => told.push(`${type} ${id}`))
  const recorder = new FactRecorder({
    ...{ registry, log: pino({ enabled: false }) },
    acknowledge: seq => acknowledged.push(seq)
  })
  const [{ key: first }, { key: second }] = await Promise.all([
    registry.register({ appId: 'app', labels: {} }),
    registry.register({ appId: 'app', labels: {} })
  ])
  let seq = 0
  const take = (key: string, input: Fact['input']) => recorder.take({ type: 'fact', seq: ++seq, key, input })
  const spawned = { type: 'spawned', time, pid: 7 } as const
  const ready = { type: 'ready', time } as const
  told.length = 0
  return { recorder, registry, store, other, acknowledged, told, first, second, take, spawned, ready }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(setImmediate)
}

t.test('facts are recorded as they come, and acknowledged in their order', async t => {
  const { acknowledged, told, first, second, take, spawned, ready } = await open(t)
  take(first, spawned)
  take('of another event log', spawned)
  take(second, spawned)
  take(second, ready)
  take(first, ready)
  await until(() => acknowledged.at(-1) === 5)
  t.same(
    acknowledged,
    acknowledged.toSorted((a, b) => a - b)
  )
  t.same(told, ['AppReady 2', 'AppReady 1'])
})

t.test('a fact that nobody waits for is recorded soon, without another one', async t => {
  const { acknowledged, told, registry, first, take, spawned } = await open(t)
  take(first, spawned)
  await until(() => acknowledged.length > 0)
  t.equal(registry.findLive(first)?.state, 'starting')
  t.same(told, [])
})

t.test('if a fact can’t be recorded, none after it is; then all of them are, in order', async t => {
  const { acknowledged, told, store, other, first, second, take, spawned, ready } = await open(t)
  other.exec('BEGIN IMMEDIATE')
  take(first, spawned)
  take(first, ready)
  // Committed only by the time that the ones before have failed.
  setImmediate(() => {
    take(second, spawned)
    take(second, ready)
  })
  await until(() => !store.isUsable())
  t.same(acknowledged, [])
  t.same(told, [])
  other.exec('ROLLBACK')
  await until(() => acknowledged.at(-1) === 4)
  t.same(told, ['AppReady 1', 'AppReady 2'])
  t.equal(store.position.acknowledged, 4)
})

t.test('at the end of the connection it records what it has, and takes nothing more', async t => {
  const { recorder, acknowledged, store, first, second, take, spawned, ready } = await open(t)
  take(first, spawned)
  take(first, ready)
  const finished = recorder.finish()
  take(second, spawned)
  await finished
  t.same([acknowledged.at(-1), store.position.acknowledged], [2, 2])
})

t.test('what can’t be recorded at the end of the connection is left to the supervisor', async t => {
  const { recorder, acknowledged, store, other, first, take, spawned, ready } = await open(t)
  other.exec('BEGIN IMMEDIATE')
  take(first, spawned)
  take(first, ready)
  await recorder.finish()
  other.exec('ROLLBACK')
  t.same([acknowledged, store.position.acknowledged], [[], 0])
})
