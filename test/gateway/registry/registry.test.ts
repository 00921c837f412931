import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { Store } from '../../../src/gateway/store/store.ts'
import { temporaryFolder } from '../../helper.ts'
import { registryOn } from './registry-on.ts'

async function open(t: Test) {
  const path = join(await temporaryFolder(t), 'gateway.db')
  const store = new Store(path)
  const other = new DatabaseSync(path)
  t.teardown(() => {
    other.close()
    store.close()
  })
  const told: string[] = []
  const orders: string[] = []
  const parts = registryOn(store, (_key, { force }) => orders.push(force ? 'forced' : 'graceful'))
  parts.sessions.subscribe(({ type, seq, sessionId }) => told.push(`${seq} ${type} ${sessionId}`))
  return {
    ...parts,
    ...{ store, told, orders },
    lock: () => other.exec('BEGIN IMMEDIATE'),
    unlock: () => other.exec('ROLLBACK')
  }
}

const app = { appId: 'app', labels: {} }
const byClient = { reason: 'terminated', initiator: 'client' } as const
const time = Date.now()
const spawned = { type: 'spawned', time, pid: 7 } as const
const stop = { reason: 'exited', initiator: 'app', exitCode: 0, signalsSent: [], survivors: 0 } as const

t.test('what is decided in one turn counts at once, and is told in its order once it is durable', async t => {
  const { registry, sessions, told, store } = await open(t)
  const first = registry.register(app)
  const second = registry.register({ ...app, queuedEnv: { NAME: 'x' } })
  t.equal(registry.counts.live, 2)
  t.equal(registry.counts.inState('queued'), 1)
  t.same(sessions.live, [], 'nobody knows of it yet')
  t.same(told, [])
  const [{ session }, { key }] = [await first, await second]
  const writes = [
    registry.apply(session.id, spawned),
    registry.apply(session.id, { type: 'ready', time }),
    registry.terminate(session.id, byClient),
    registry.record({ type: 'fact', seq: 1, key: (await first).key, input: { type: 'ended', time, stop } }),
    registry.apply((await second).session.id, { type: 'start', time })
  ]
  await Promise.all(writes)
  t.same(told, ['1 Launched 1', '2 Launched 2', '3 AppReady 1', '4 Stopping 1', '5 Stopped 1', '6 Starting 2'])
  t.same(
    sessions.live.map(({ id, state }) => `${id} ${state}`),
    ['2 starting']
  )
  t.equal(registry.findLive(key)?.state, 'starting')
  t.equal(store.position.acknowledged, 1)
  t.same([sessions.counts.live, registry.counts.live], [1, 1])
})

t.test('what can’t be written is undone, and with it what was decided upon it; then all goes on', async t => {
  const { registry, sessions, told, orders, lock, unlock, store } = await open(t)
  const { session: launched, key } = await registry.register(app)
  await registry.apply(launched.id, spawned)
  const session = sessions.get(launched.id)
  lock()
  const outcomes = await Promise.allSettled([
    registry.register(app),
    registry.apply(session.id, { type: 'ready', time }),
    registry.record({ type: 'fact', seq: 1, key, input: { type: 'ended', time, stop } }),
    registry.switchSupervisor('another')
  ])
  for (const outcome of outcomes) t.match(outcome, { status: 'rejected', reason: { code: 'storage-unavailable' } })
  t.same(told, ['1 Launched 1'])
  t.same(
    registry.registrations.map(registration => registration.session),
    [session]
  )
  t.same([registry.counts.live, registry.counts.inState('starting')], [1, 1])
  t.equal((await registry.terminate(session.id, byClient)).state, 'starting')
  t.same(orders, ['graceful'], 'a stop is passed on all the same')
  unlock()
  t.equal(await registry.record({ type: 'fact', seq: 1, key, input: { type: 'ready', time } }), 'recorded')
  t.equal(await registry.record({ type: 'fact', seq: 1, key, input: { type: 'ready', time } }), 'repeated')
  t.same(told, ['1 Launched 1', '2 AppReady 1'])
  t.equal(sessions.get(session.id).state, 'running')
  t.ok((await registry.register(app)).session.id > session.id)
  t.equal(store.head, 3)
})

t.test('the same fact told twice in one turn counts once', async t => {
  const { registry, told } = await open(t)
  const { key, session } = await registry.register(app)
  await registry.apply(session.id, spawned)
  const fact = { type: 'fact', seq: 1, key, input: { type: 'ready', time } } as const
  t.same(await Promise.all([registry.record(fact), registry.record(fact)]), ['recorded', 'repeated'])
  t.same(told, ['1 Launched 1', '2 AppReady 1'])
})

t.test('a subscriber that fails undoes nothing, keeps nothing from the others, and is logged', async t => {
  const { registry, sessions, lines } = await open(t)
  const heard: string[] = []
  sessions.subscribe(() => {
    throw new Error('not mine')
  })
  sessions.subscribe(({ type }) => heard.push(type))
  const { session } = await registry.register(app)
  t.same(heard, ['Launched'])
  t.equal(sessions.get(session.id).state, 'starting')
  t.match(lines, [{ msg: 'a subscriber failed at an event', err: { message: 'not mine' } }])
})

t.test('a batch is durable as a whole or not at all', async t => {
  const { store, registry, sessions } = await open(t)
  const { session, key } = await registry.register(app)
  const running = { verb: 'advance', session: { ...session, state: 'starting' }, time, event: 'AppReady' } as const
  const twice = { verb: 'create', session, time, event: 'Launched', key } as const
  await t.rejects(store.commit([{ ...running, forgetsQueuedEnv: false }, twice]), { code: 'storage-unavailable' })
  t.equal(store.head, 1)
  t.equal(store.eventsAfter(0, { limit: 10 }).events.length, 1)
  t.same(sessions.get(session.id), session)
  const committed = await store.commit([
    { ...running, forgetsQueuedEnv: false },
    { ...twice, session: { ...session, id: 2 } }
  ])
  t.same(
    committed.map(({ event }) => event?.seq),
    [2, 3]
  )
})
