import t, { type Test } from 'tap'
import { GatewayClient, LaunchFailed, type ListOptions } from '../../clients/typescript/src/client.ts'
import { build, shell, type TestOptions } from '../helper.ts'

const apps = {
  steady: shell('echo READY; exec sleep 60'),
  crash: shell('echo sorry >&2; exit 3'),
  slow: shell('exec sleep 60')
}

async function connect(t: Test, options: TestOptions = {}) {
  const fastify = await build(t, { apps, ...options })
  const baseUrl = await fastify.listen({ port: 0 })
  return { fastify, baseUrl, gateway: new GatewayClient({ baseUrl }) }
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error
  )
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

t.test('a session from launch to stop', async t => {
  const { gateway } = await connect(t)
  const session = await gateway.launch({ appId: 'steady', labels: { team: 'a' } }, { waitMs: 60_000 })
  t.match(session, { appId: 'steady', state: 'running', labels: { team: 'a' } })
  const { usage, ...recorded } = await gateway.get(session.id)
  t.match(usage, { processes: 1, rssBytes: Number, cpuMs: Number })
  t.same(recorded, session)
  t.same(await gateway.wait(session.id, { until: 'ready' }), session)
  const stopped = await gateway.stop(session.id, { waitMs: 60_000 })
  t.match(stopped, { state: 'stopped', stop: { reason: 'terminated', initiator: 'client' } })
  t.match(await gateway.logs(session.id, { tail: 5 }), [{ seq: 1, stream: 'stdout', line: 'READY' }])
  const types = (await gateway.history({ sessionIds: [session.id] })).items.map(({ type }) => type)
  t.same(types, ['Launched', 'AppReady', 'Stopping', 'Stopped'])
})

t.test('lists go on over pages, and filter', async t => {
  const { gateway } = await connect(t)
  const ids: number[] = []
  for (const team of ['a', 'b', 'a', 'a', 'b']) {
    ids.push((await gateway.launch({ appId: 'steady', labels: { team } })).id)
  }
  const page = await gateway.list({ limit: 2 })
  t.equal(page.items.length, 2)
  t.ok(page.nextCursor)
  t.same(
    (await collect(gateway.sessions({ limit: 2 }))).map(({ id }) => id),
    ids
  )
  const ofA = await collect(gateway.sessions({ limit: 1, labels: { team: 'a' }, states: ['starting', 'running'] }))
  t.same(
    ofA.map(({ id }) => id),
    [ids[0], ids[2], ids[3]]
  )
})

t.test('logs are followed to the end of the session, or as long as somebody reads', async t => {
  const { gateway } = await connect(t, {
    apps: { ...apps, ticks: shell('echo READY; sleep 0.2; echo tick; sleep 0.2') }
  })
  const { id } = await gateway.launch({ appId: 'ticks' })
  t.same(
    (await collect(gateway.followLogs(id))).map(({ line }) => line),
    ['READY', 'tick']
  )
  const steady = await gateway.launch({ appId: 'steady' }, { waitMs: 60_000 })
  for await (const { line } of gateway.followLogs(steady.id)) {
    t.equal(line, 'READY')
    break
  }
  const controller = new AbortController()
  for await (const _ of gateway.followLogs(steady.id, { signal: controller.signal })) controller.abort()
  t.pass('ends without an error')
})

t.test('an error of the gateway is a GatewayProblem, with the id of the request', async t => {
  const { gateway } = await connect(t, { limits: { maxSessions: 1 } })
  t.match(await failureOf(gateway.launch({ appId: 'nobody' })), { code: 'app-not-found', status: 404 })
  t.match(await failureOf(gateway.get(99)), {
    name: 'GatewayProblem',
    code: 'session-not-found',
    message: /There is no session 99/,
    requestId: /./
  })
  t.match(await failureOf(gateway.list({ limit: 0 })), {
    code: 'invalid-request',
    problem: { errors: [{ pointer: '/query/limit' }] }
  })
  t.match(await failureOf(gateway.history({ since: 'other.1' })), { code: 'cursor-expired', status: 410 })
  await gateway.launch({ appId: 'slow' })
  t.match(await failureOf(gateway.launch({ appId: 'slow' }, { maxRetries: 0 })), {
    code: 'too-many-sessions',
    status: 429,
    retryAfterMs: 1000
  })
})

t.test('a launch that fails is a LaunchFailed with its session, however it was waited for', async t => {
  const { gateway } = await connect(t)
  const expected = {
    name: 'LaunchFailed',
    message: /^session \d+ of crash ended before it was ready: it exited with code 3; the gateway waited for a line/,
    session: { state: 'stopped', stop: { exitCode: 3 } },
    logTail: ['sorry']
  }
  const failed = await failureOf(gateway.launch({ appId: 'crash' }, { waitMs: 60_000 }))
  t.ok(failed instanceof LaunchFailed)
  t.match(failed, { ...expected, requestId: /./ })
  t.match(await failureOf(gateway.run({ appId: 'crash' })), expected)
  const { id } = await gateway.launch({ appId: 'crash' })
  t.match(await failureOf(gateway.waitUntilReady(id)), expected)
})

t.test('every operation of the contract has its method', async t => {
  const { gateway: plain, baseUrl, fastify } = await connect(t)
  const asked = new Set<string>()
  fastify.server.prependListener('request', ({ method, url }) => asked.add(`${method} ${url?.split('?')[0]}`))
  const gateway = new GatewayClient({ baseUrl: `${baseUrl}/`, token: async () => 'secret' })
  const { id } = await gateway.launch({ appId: 'steady' })
  await Promise.all([gateway.list(), gateway.get(id), gateway.wait(id, { until: 'ready' }), gateway.logLines(id)])
  await Promise.all([gateway.update(id, { labels: { a: 'b' } }), gateway.renew(id)])
  await Promise.all([gateway.stop(id), gateway.history(), gateway.live(), gateway.ready(), gateway.metrics()])
  await Promise.all([gateway.explain('internal'), gateway.me(), gateway.gateway(), gateway.stats()])
  t.match(await gateway.apps(), [{ id: 'crash' }, { id: 'slow' }, { id: 'steady' }])
  t.match(await gateway.app('steady'), { id: 'steady' })
  const { paths = {} } = (await plain.openapi()) as { paths?: Record<string, object> }
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map(method => `${method.toUpperCase()} ${path}`)
  )
  const ids: Record<string, string> = { '/sessions': String(id), '/apps': 'steady', '/problems': 'internal' }
  const expected = operations.map(name => name.replace(/(\/\w+)\/\{\w+\}/, (_, folder) => `${folder}/${ids[folder]}`))
  t.same([...asked].filter(name => name !== 'GET /openapi.json').sort(), expected.sort())
  t.match(await plain.openapiYaml(), /^openapi: /)
  t.match(await plain.asyncapiYaml(), /^asyncapi: /)
})

t.test('a token, given or asked for, goes with each request', async t => {
  const sent: (string | null)[] = []
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    sent.push(new Headers(init?.headers).get('authorization'))
    return Response.json({ items: [] })
  }
  await new GatewayClient({ fetch }).apps()
  await new GatewayClient({ fetch, token: 'a' }).apps()
  await new GatewayClient({ fetch, token: () => 'b' }).apps()
  t.same(sent, [null, 'Bearer a', 'Bearer b'])
})

t.test('lists by reason, by time and from the newest, and counts of what happened', async t => {
  const { gateway } = await connect(t)
  const { id } = await gateway.launch({ appId: 'steady' }, { waitMs: 60_000 })
  const { stoppedAt = '' } = await gateway.stop(id, { waitMs: 60_000 })
  await failureOf(gateway.launch({ appId: 'crash' }, { waitMs: 60_000 }))
  const ids = async (options: ListOptions) => (await collect(gateway.sessions(options))).map(session => session.id)
  t.same(await ids({ order: 'newest', limit: 1 }), [2, 1])
  t.same(await ids({ reasons: ['readyMissed'] }), [2])
  t.same(await ids({ from: new Date(Date.parse(stoppedAt) + 1).toISOString() }), [2])
  t.same(await ids({ to: new Date(0).toISOString() }), [])
  const { apps, eventCursor } = await gateway.stats({ bucketMs: 10_000 })
  t.match(apps, [
    { appId: 'crash', launched: 1, failed: 1, stops: { readyMissed: 1 }, readyMs: { count: 0 } },
    { appId: 'steady', launched: 1, failed: 0, stops: { terminated: 1 }, readyMs: { count: 1 } }
  ])
  t.same((await gateway.history({ since: eventCursor })).items, [])
  t.match((await gateway.stats({ appIds: ['steady'] })).apps, [{ appId: 'steady' }])
})
