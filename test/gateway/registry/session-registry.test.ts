import t from 'tap'
import { isStopped } from '../../../src/session/session.ts'
import { build, launch, shell } from '../../helper.ts'

t.test('a plugin sees, awaits and ends sessions through fastify.registry', async t => {
  const fastify = await build(t, { apps: { app: shell('echo READY; exec sleep 1000') } })
  const { registry } = fastify
  const types: string[] = []
  registry.subscribe(({ type }) => types.push(type))
  const { id } = await launch(fastify, 'app')
  t.match(await registry.waitUntil(id, ({ state }) => state === 'running'), { id, state: 'running' })
  t.same(
    registry.live.map(session => session.id),
    [id]
  )
  t.match(await registry.terminate(id, { reason: 'terminated', initiator: 'client' }), { state: 'stopping' })
  t.match(await registry.waitUntil(id, isStopped), { stop: { reason: 'terminated', survivors: 0 } })
  t.match(registry.get(id), { state: 'stopped' })
  t.equal(registry.list({ limit: 10 }).length, 1)
  t.same(types, ['Launched', 'AppReady', 'Stopping', 'Stopped'])
})
