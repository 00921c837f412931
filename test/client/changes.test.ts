import t from 'tap'
import { GatewayClient } from '../../clients/typescript/src/client.ts'
import { build, shell } from '../helper.ts'

t.test('a client changes labels and lifetime, and renews a lease', async t => {
  const fastify = await build(t, { apps: { web: shell('exec sleep 1000', { ready: { none: true } }) } })
  const gateway = new GatewayClient({ baseUrl: await fastify.listen({ host: '127.0.0.1', port: 0 }) })
  const { id, expiresAt } = await gateway.launch({ appId: 'web', leaseMs: 600_000, labels: { user: 'ada' } })
  t.equal(expiresAt?.why, 'lease')
  const updated = await gateway.update(id, { labels: { user: null, team: 'a' }, lifetimeMs: 300_000 })
  t.match(updated, { labels: { team: 'a' }, lifetimeMs: 300_000, expiresAt: { why: 'lifetime' } })
  t.equal((await gateway.update(id, { lifetimeMs: null })).expiresAt?.why, 'lease')
  t.equal((await gateway.renew(id)).id, id)
  const handle = gateway.session(id)
  t.match(await handle.update({ labels: null, lifetimeMs: 60_000 }), { labels: {}, expiresAt: { why: 'lifetime' } })
  t.match(await handle.renew(), { id, leaseMs: 600_000 })
})
