import { join } from 'node:path'
import t from 'tap'
import { Store } from '../../../src/gateway/store/store.ts'
import { temporaryFolder } from '../../helper.ts'
import { registryOn } from './registry-on.ts'

t.test(
  'what a lost supervisor ran is lost, also for a gateway that finds the next supervisor already known',
  async t => {
    const path = join(await temporaryFolder(t), 'gateway.db')
    let log = new Store(path)
    t.teardown(() => log.close())
    let { registry } = registryOn(log)
    await registry.switchSupervisor('first')
    const { key: before } = await registry.register({ appId: 'app', labels: {} })
    await registry.switchSupervisor('second')
    const { key: after } = await registry.register({ appId: 'app', labels: {} })
    for (let gateway = 1; gateway <= 2; gateway++) {
      t.same(registry.treesExcept(new Set()), { lost: [{ key: before }], neverLaunched: [{ key: after }] })
      t.same(registry.treesExcept(new Set([before])), { lost: [], neverLaunched: [{ key: after }] })
      log.close()
      log = new Store(path)
      registry = registryOn(log).registry
    }
    const leader = { pid: 7, startTime: 1, bootId: 'b' }
    await registry.record({ type: 'fact', seq: 1, key: after, input: { type: 'spawned', time: 1, pid: 7 }, leader })
    t.same(registry.treesExcept(new Set()).neverLaunched, [])
    t.same(registry.treesExcept(new Set()).lost, [{ key: before }, { key: after, leader }])
  }
)

t.test(
  'a start that is recorded together with a new supervisor keeps its environment for the next gateway',
  async t => {
    const path = join(await temporaryFolder(t), 'gateway.db')
    let log = new Store(path)
    t.teardown(() => log.close())
    const { registry } = registryOn(log)
    const queuedEnv = { NAME: 'kept' }
    const { session } = await registry.register({ appId: 'app', labels: {}, queuedEnv })
    await Promise.all([registry.apply(session.id, { type: 'start', time: 1 }), registry.switchSupervisor('next')])
    log.close()
    log = new Store(path)
    t.match(log.live(), [{ session: { state: 'starting' }, queuedEnv }])
    await registryOn(log).registry.switchSupervisor('later')
    t.equal(log.live()[0]?.queuedEnv, undefined, 'it may have been passed on since')
  }
)

t.test('facts of sessions that are not known are told apart, and change nothing', async t => {
  const log = new Store(join(await temporaryFolder(t), 'gateway.db'))
  t.teardown(() => log.close())
  const { registry, sessions } = registryOn(log)
  const { key, session } = await registry.register({ appId: 'app', labels: {} })
  const input = { type: 'spawned', time: 1, pid: 7 } as const
  t.equal(await registry.record({ type: 'fact', seq: 1, key: 'somebody-else', input }), 'unknownSession')
  t.same(sessions.get(session.id), session)
  t.equal(await registry.record({ type: 'fact', seq: 2, key, input }), 'recorded')
  t.equal(await registry.record({ type: 'fact', seq: 2, key, input }), 'repeated')
})

t.test('a stop is passed on once, and again only when it becomes forced', async t => {
  const log = new Store(join(await temporaryFolder(t), 'gateway.db'))
  t.teardown(() => log.close())
  const orders: object[] = []
  const { registry } = registryOn(log, (key, order) => orders.push({ key, ...order }))
  const { key, session } = await registry.register({ appId: 'app', labels: {} })
  const byClient = { reason: 'terminated', initiator: 'client' } as const
  const byGateway = { reason: 'gatewayStopped', initiator: 'gateway' } as const
  for (const [request, force] of [
    [byClient, false],
    [byGateway, false],
    [byGateway, true],
    [byClient, true]
  ] as const) {
    await registry.terminate(session.id, request, { force })
  }
  t.same(orders, [
    { key, request: byClient, force: false },
    { key, request: byClient, force: true }
  ])
})
