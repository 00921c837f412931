import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { StorageUnavailable } from '../../../src/gateway/errors.ts'
import type { Change } from '../../../src/gateway/store/records.ts'
import { Store } from '../../../src/gateway/store/store.ts'
import type { Fact } from '../../../src/protocol/fact.ts'
import { temporaryFolder } from '../../helper.ts'
import { registryOn } from './registry-on.ts'

/** A store that notes its transactions, and takes its time if it is told to. */
class NotingStore extends Store {
  readonly batches: string[] = []
  gate: Promise<void> = Promise.resolve()

  override async commit(changes: readonly Change[]) {
    this.batches.push(changes.map(change => ('event' in change && change.event) || change.verb).join(' '))
    await this.gate
    return await super.commit(changes)
  }
}

async function open(t: Test) {
  const store = new NotingStore(join(await temporaryFolder(t), 'gateway.db'))
  t.teardown(() => store.close())
  const parts = registryOn(store)
  const told: string[] = []
  parts.sessions.subscribe(({ type, seq, sessionId }) => told.push(`${seq} ${type} ${sessionId}`))
  return { ...parts, store, told }
}

const app = { appId: 'app', labels: {} }
const byClient = { reason: 'terminated', initiator: 'client' } as const
const time = Date.now()
const leader = { pid: 7, startTime: 1, bootId: 'b' }

const spawned = (seq: number, key: string): Fact => ({
  ...{ type: 'fact', seq, key, leader },
  input: { type: 'spawned', time, pid: 7 }
})
const ready = (seq: number, key: string): Fact => ({ type: 'fact', seq, key, input: { type: 'ready', time } })

t.test('the changes of one turn of the event loop are one transaction, in their order', async t => {
  const { registry, store, told } = await open(t)
  const [{ key: first }, { key: second }] = await Promise.all([registry.register(app), registry.register(app)])
  await Promise.all([
    registry.record(spawned(1, first)),
    registry.record(spawned(2, second)),
    registry.record(ready(3, second)),
    registry.terminate(1, byClient),
    registry.register(app)
  ])
  t.same(store.batches, ['Launched Launched', 'AppReady Stopping Launched'])
  t.same(told, ['1 Launched 1', '2 Launched 2', '3 AppReady 2', '4 Stopping 1', '5 Launched 3'])
})

t.test('spawned and ready that come together are one change, which has all of both', async t => {
  const { registry, sessions, store, told } = await open(t)
  const { key, session } = await registry.register(app)
  const outcomes = await Promise.all([registry.record(spawned(1, key)), registry.record(ready(2, key))])
  t.same(outcomes, ['recorded', 'recorded'])
  t.same(store.batches, ['Launched', 'AppReady'])
  t.same(told, ['1 Launched 1', '2 AppReady 1'])
  t.match(sessions.get(session.id), { state: 'running', pid: 7 })
  t.match(store.live(), [{ session: sessions.get(session.id), leader }])
  t.equal(store.position.acknowledged, 2)
})

t.test('a stop that includes an earlier fact does not take back that later facts are recorded', async t => {
  const { registry, store, told } = await open(t)
  const [{ key: first }, { key: second }] = await Promise.all([registry.register(app), registry.register(app)])
  await Promise.all([
    registry.record(spawned(1, first)),
    registry.record(spawned(2, second)),
    registry.record(ready(3, second)),
    registry.terminate(1, byClient)
  ])
  t.equal(store.position.acknowledged, 3)
  const { registry: next } = registryOn(store)
  t.equal(await next.record(ready(3, second)), 'repeated', 'the supervisor sends it again to the next gateway')
  t.same(told.slice(2), ['3 AppReady 2', '4 Stopping 1'])
})

t.test('while a commit takes its time nobody hears of it, and what is decided meanwhile is the next one', async t => {
  const { registry, sessions, store, told } = await open(t)
  const gate = Promise.withResolvers<void>()
  store.gate = gate.promise
  const first = registry.register(app)
  await nextTurn()
  const second = registry.register(app)
  await nextTurn()
  t.same(store.batches, ['Launched'], 'one commit is under way')
  t.throws(() => sessions.get(1), { code: 'session-not-found' })
  t.same(registry.treesExcept(new Set()), { lost: [], neverLaunched: [] }, 'it is not passed on yet, so it is not lost')
  t.same(told, [])
  gate.resolve()
  t.equal((await first).session.id, 1)
  t.same(told, ['1 Launched 1'])
  await second
  t.same(store.batches, ['Launched', 'Launched'])
  t.same(told, ['1 Launched 1', '2 Launched 2'])
})

t.test('what waits behind a commit that fails is undone with it, before anyone hears of the failure', async t => {
  const { registry, sessions, store, told } = await open(t)
  const { key, session } = await registry.register(app)
  await registry.record(spawned(1, key))
  const starting = sessions.get(session.id)
  const gate = Promise.withResolvers<void>()
  store.gate = gate.promise
  const writes = [registry.record(ready(2, key)), registry.register(app)]
  await nextTurn()
  writes.push(registry.record({ type: 'fact', seq: 3, key, input: { type: 'stop', time, ...byClient } }))
  const states: string[] = []
  for (const write of writes) write.catch(() => states.push(registry.registrations.map(r => r.session.state).join()))
  gate.reject(new StorageUnavailable('full'))
  for (const outcome of await Promise.allSettled(writes)) t.match(outcome, { reason: { code: 'storage-unavailable' } })
  t.same(states, ['starting', 'starting', 'starting'])
  store.gate = Promise.resolve()
  t.same(sessions.get(session.id), starting)
  t.equal(registry.counts.live, 1)
  t.same(await Promise.all([registry.record(ready(2, key)), registry.record(ready(2, key))]), ['recorded', 'repeated'])
  t.same(told, ['1 Launched 1', '2 AppReady 1'])
})

t.test('a stop is passed on in the turn in which it is asked for, and answered when it is durable', async t => {
  const path = join(await temporaryFolder(t), 'gateway.db')
  const store = new NotingStore(path)
  t.teardown(() => store.close())
  const orders: string[] = []
  const { registry } = registryOn(store, key => orders.push(key))
  const { key, session } = await registry.register(app)
  const gate = Promise.withResolvers<void>()
  store.gate = gate.promise
  let isAnswered = false
  const stopped = registry.terminate(session.id, byClient).finally(() => {
    isAnswered = true
  })
  t.same(orders, [key])
  await nextTurn()
  t.notOk(isAnswered)
  gate.resolve()
  t.equal((await stopped).state, 'stopping')
  t.same(orders, [key], 'once')
})

t.test(
  'a stop of a session whose start has just become durable is passed on although it can not be written',
  async t => {
    const store = new NotingStore(join(await temporaryFolder(t), 'gateway.db'))
    t.teardown(() => store.close())
    const orders: string[] = []
    const { registry } = registryOn(store, key => orders.push(key))
    const gate = Promise.withResolvers<void>()
    store.gate = gate.promise
    const registered = registry.register(app)
    await nextTurn()
    const stopped = registry.terminate(1, byClient)
    const full = Promise.withResolvers<void>()
    store.gate = full.promise
    gate.resolve()
    const { key } = await registered
    await nextTurn()
    t.same(store.batches, ['Launched', 'Stopping'])
    t.same(orders, [])
    full.reject(new StorageUnavailable('full'))
    t.equal((await stopped).state, 'starting')
    t.same(orders, [key])
  }
)

t.test('more changes than one transaction may have are several, and each is told in order', async t => {
  const { registry, store, told } = await open(t)
  await Promise.all(Array.from({ length: 1_200 }, () => registry.register(app)))
  t.equal(store.batches.length, 3)
  t.same(
    told,
    Array.from({ length: 1_200 }, (_, index) => `${index + 1} Launched ${index + 1}`)
  )
})
