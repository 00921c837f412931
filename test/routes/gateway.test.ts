import t from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import { build, launch, shell, until } from '../helper.ts'
import { type Holder, holder } from '../tokens.ts'

const apps = {
  mine: shell('echo READY; exec sleep 60 {port}', { maxSessions: 3, readyTimeoutMs: 1_234 }),
  theirs: shell('exit 3', { ready: { none: true } })
}

t.test('/me tells the name, the scopes and the apps of the token', async t => {
  const narrow = holder('narrow', ['read', 'stop'], ['mine', 'demo.*'])
  const wide = holder('wide')
  const blind = holder('blind', ['launch'])
  const fastify = await build(t, { apps, tokens: [narrow.entry, wide.entry, blind.entry] })
  const me = async ({ headers }: Holder) => (await fastify.inject({ url: '/me', headers })).json()
  t.same(await me(narrow), { name: 'narrow', scopes: ['read', 'stop'], apps: ['mine', 'demo.*'] })
  t.same(await me(wide), { name: 'wide', scopes: ['read', 'launch', 'stop'] })
  t.match(await me(blind), { status: 403 })
  t.match((await fastify.inject('/me')).json(), { status: 401 })
})

t.test('/me of a gateway without tokens has no name, and may do everything', async t => {
  const fastify = await build(t, { apps })
  t.same((await fastify.inject('/me')).json(), { scopes: ['read', 'launch', 'stop'] })
})

t.test('/gateway tells how the gateway is', async t => {
  const fastify = await build(t, { apps, limits: { maxSessions: 7 } })
  await until(fastify, (await launch(fastify, 'theirs')).id, 'stopped')
  const { store, config } = fastify.gateway
  const state = (await fastify.inject('/gateway')).json()
  t.match(state, {
    version: packageJson.version,
    ready: true,
    oldestCursor: `${store.epoch}.0`,
    newestCursor: `${store.epoch}.${store.head}`,
    supervisor: { attached: true, attachments: 1, spawner: fastify.supervisor.welcome?.spawner },
    limits: { maxSessions: 7 },
    retention: config.retention,
    eventClients: { websocket: 0, sse: 0, ndjson: 0 }
  })
  t.ok(state.startedAt <= state.time)
  t.ok(state.supervisor.attachedAt <= state.time)
  t.ok(state.memory.rssBytes > state.memory.heapUsedBytes)
  t.type(state.loopDelayMs.max, 'number')
  t.type(state.logs.keptBytes, 'number')
})

t.test('a gateway that drains is not ready, and names the problem', async t => {
  const fastify = await build(t, { apps })
  await fastify.gateway.launcher.end()
  t.match((await fastify.inject('/gateway')).json(), { ready: false, problem: 'draining' })
})

t.test('figures over all apps are only for tokens that see all apps', async t => {
  const narrow = holder('narrow', ['read'], ['mine'])
  const fastify = await build(t, { apps, tokens: [narrow.entry] })
  const state = (await fastify.inject({ url: '/gateway', headers: narrow.headers })).json()
  t.equal(state.ready, true)
  for (const name of ['eventClients', 'memory', 'loopDelayMs', 'logs']) t.notOk(name in state, name)
})

t.test('an app tells how it gets ready and how it is stopped, never its command or environment', async t => {
  const fastify = await build(t, { apps })
  t.same((await fastify.inject('/apps/mine')).json(), {
    id: 'mine',
    kind: 'service',
    clientEnv: [],
    readiness: 'line',
    readyTimeoutMs: 1_234,
    stopSignal: 'SIGTERM',
    stopGraceMs: 500,
    maxSessions: 3,
    usesPort: true
  })
  t.match((await fastify.inject('/apps/theirs')).json(), { readiness: 'none', readyTimeoutMs: 30_000, usesPort: false })
  t.notMatch((await fastify.inject('/apps')).body, /command|sleep|"env"/)
})
