import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ConnectionError, GatewayClient, TimeoutError, UnexpectedAnswer } from '../../clients/typescript/src/client.ts'
import { build, eventTypes, shell, temporaryFolder } from '../helper.ts'

const apps = { steady: shell('echo READY; exec sleep 60'), slow: shell('exec sleep 60') }

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (error: unknown) => error
  )
}

/** A server that answers as `listener` does. */
async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A proxy that breaks the first connections instead of passing on what the gateway answers. */
async function breakingProxy(t: Test, target: string, breaks: number): Promise<string> {
  const sockets = new Set<Socket>()
  let left = breaks
  const server = createTcpServer(client => {
    const gateway = connect(Number(new URL(target).port), '127.0.0.1')
    for (const socket of [client, gateway]) sockets.add(socket.on('error', () => {}))
    client.on('close', () => gateway.destroy())
    client.pipe(gateway)
    if (left-- > 0) gateway.once('data', () => client.destroy())
    else gateway.pipe(client)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a launch whose answer is lost is tried again and launches nothing twice', async t => {
  const fastify = await build(t, { apps })
  const url = await fastify.listen({ port: 0 })
  for (const options of [{}, { waitMs: 60_000 }]) {
    const gateway = new GatewayClient({ baseUrl: await breakingProxy(t, url, 2) })
    const session = await gateway.launch({ appId: 'steady' }, options)
    const { items } = await gateway.list()
    t.equal(items.at(-1)?.id, session.id)
  }
  t.equal((await new GatewayClient({ baseUrl: url }).list()).items.length, 2)
  t.same(
    (await eventTypes(fastify, 1)).filter(type => type === 'Launched'),
    ['Launched']
  )
})

t.test(
  'without retries a broken connection is a ConnectionError, and the same key goes on with the launch',
  async t => {
    const fastify = await build(t, { apps })
    const url = await fastify.listen({ port: 0 })
    const broken = new GatewayClient({ baseUrl: await breakingProxy(t, url, 1), maxRetries: 0 })
    const error = await failureOf(broken.launch({ appId: 'steady' }, { idempotencyKey: 'mine' }))
    t.ok(error instanceof ConnectionError)
    t.match(error, { name: 'ConnectionError', message: /^no connection to http:/, cause: Error })
    t.match(await broken.launch({ appId: 'steady' }, { idempotencyKey: 'mine' }), { id: 1 })
    t.equal((await broken.list()).items.length, 1)
  }
)

t.test('an answer that does not come is a TimeoutError, also if it only begins; a wait is no such answer', async t => {
  const url = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{')
  })
  const gateway = new GatewayClient({ baseUrl: url, timeoutMs: 50, maxRetries: 1 })
  const error = await failureOf(gateway.get(1))
  t.ok(error instanceof TimeoutError)
  t.match(error, { afterMs: 50 })
  const fastify = await build(t, { apps })
  const real = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const { id } = await real.launch({ appId: 'slow' })
  t.match(await real.wait(id, { until: 'ready', waitMs: 300, timeoutMs: 30_000 }), { state: 'starting' })
  t.match(await failureOf(real.waitUntilReady(id, { withinMs: 50 })), { name: 'TimeoutError', afterMs: 50 })
})

t.test('what passes is tried again, as often as is said; what does not pass is not', async t => {
  const asked: string[] = []
  const url = await serve(t, ({ url: path = '' }, response) => {
    asked.push(path)
    const status = Number(/\d+$/.exec(path)?.[0])
    response.writeHead(asked.length % 2 === 0 ? 200 : status, { 'content-type': 'application/json' }).end('{"id":1}')
  })
  const gateway = new GatewayClient({ baseUrl: url, maxRetries: 1 })
  for (const status of [429, 502, 503, 504]) t.match(await gateway.get(status), { id: 1 })
  t.equal(asked.length, 8)
  for (const status of [400, 404, 500, 501]) {
    asked.length = 0
    t.match(await failureOf(gateway.get(status)), { name: 'UnexpectedAnswer', status })
    t.equal(asked.length, 1)
  }
})

t.test('the page of a proxy is an UnexpectedAnswer with its first bytes, for calls and for streams', async t => {
  let requests = 0
  const url = await serve(t, (_request, response) => {
    requests++
    response.writeHead(200, { 'content-type': 'text/html' }).write(`<html>${'x'.repeat(1_000)}`)
  })
  const gateway = new GatewayClient({ baseUrl: url })
  const calls = [
    () => gateway.list(),
    () => gateway.logs(1),
    () => gateway.metrics(),
    () => gateway.events().next(),
    () => gateway.followLogs(1).next()
  ]
  for (const call of calls) {
    const error = await failureOf(call())
    t.ok(error instanceof UnexpectedAnswer)
    t.match(error, { status: 200, contentType: 'text/html', firstBytes: /^<html>x{194}$/ })
  }
  t.equal(requests, calls.length, 'none was tried again')
})

t.test('a wait or an option that can’t be is refused, and nothing is sent', async t => {
  const fetch = () => Promise.reject(new Error('something was sent'))
  const gateway = new GatewayClient({ fetch, maxRetries: 0 })
  for (const waitMs of [1.5, -1, 120_001, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.match(await failureOf(gateway.launch({ appId: 'a' }, { waitMs })), {
      name: 'RangeError',
      message: /^waitMs must/
    })
  }
  t.match(await failureOf(gateway.stop(1, { timeoutMs: 0.5 })), { name: 'RangeError' })
  t.match(await failureOf(gateway.waitUntilStopped(1, { withinMs: -5 })), { name: 'RangeError' })
  const misspelt = { wait: 20, state: ['running'], onReconnect() {} } as object
  const message = 'there is no option wait'
  for (const call of [gateway.launch({ appId: 'a' }, misspelt), gateway.list(misspelt), gateway.history(misspelt)]) {
    t.match(await failureOf(call), { name: 'TypeError', message })
  }
  t.throws(() => gateway.events(misspelt), { name: 'TypeError' })
  t.throws(() => new GatewayClient({ maxRetries: -1 }), { name: 'RangeError' })
})

t.test('an aborted signal ends a call and its retries with its reason', async t => {
  const fastify = await build(t, { apps })
  const gateway = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const { id } = await gateway.launch({ appId: 'slow' })
  const reason = new Error('enough')
  const controller = new AbortController()
  const waits = [gateway.wait(id, { signal: controller.signal }), gateway.waitUntilReady(id, controller)]
  const retries = new GatewayClient({
    maxRetries: 1_000,
    fetch: async () => {
      controller.abort(reason)
      throw new TypeError('fetch failed')
    }
  }).get(1, { signal: controller.signal })
  for (const call of [...waits, retries]) t.equal(await failureOf(call), reason)
  t.equal(await failureOf(gateway.get(id, { signal: AbortSignal.abort(reason) })), reason)
})

t.test('headers of the client and of the call go with a request', async t => {
  const sent: Headers[] = []
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    sent.push(new Headers(init?.headers))
    return Response.json({ items: [] })
  }
  const gateway = new GatewayClient({ fetch, headers: { 'x-team': 'a', 'x-both': 'client' } })
  await gateway.list({ headers: { 'x-both': 'call' } })
  await gateway.launch({ appId: 'a' })
  t.match(Object.fromEntries(sent[0] ?? []), { 'x-team': 'a', 'x-both': 'call', accept: 'application/json' })
  t.match(sent[1]?.get('idempotency-key'), /^[0-9a-f]{32}$/)
  await gateway.launch({ appId: 'a' }, { idempotencyKey: 'mine' })
  t.equal(sent[2]?.get('idempotency-key'), 'mine')
})

t.test('over a Unix socket all calls and streams work; a WebSocket is refused', async t => {
  const socketPath = join(await temporaryFolder(t), 'gateway.sock')
  const fastify = await build(t, { apps: { ...apps, one: shell('echo READY; echo line') } })
  await fastify.listen({ path: socketPath })
  const gateway = new GatewayClient({ socketPath })
  const { data, response, requestId } = await gateway.launch({ appId: 'one' }).withResponse()
  t.match(response.headers.get('location'), `/sessions/${data.id}`)
  t.match(requestId, /./)
  t.match(await failureOf(gateway.get(99)), { code: 'session-not-found' })
  const lines: string[] = []
  for await (const { line } of gateway.followLogs(data.id)) lines.push(line)
  t.same(lines, ['READY', 'line'])
  for await (const { type } of gateway.events({ since: (await gateway.history({ limit: 1 })).cursor })) {
    if (type === 'Stopped') break
  }
  t.throws(() => gateway.events({ transport: 'websocket' }), { name: 'TypeError' })
  t.throws(() => new GatewayClient({ socketPath, fetch }), { name: 'TypeError' })
  const gone = new GatewayClient({ socketPath: `${socketPath}.gone`, maxRetries: 0 })
  t.match(await failureOf(gone.list()), { name: 'ConnectionError', message: /ENOENT/ })
})

t.test('withResponse has the failure of its call, and leaves no other one unhandled', async t => {
  const fastify = await build(t, { apps })
  const gateway = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  t.match(await failureOf(gateway.get(99).withResponse()), { code: 'session-not-found' })
  const { data, response } = await gateway.apps().withResponse()
  t.match({ data, status: response.status }, { data: [{ id: 'slow' }, { id: 'steady' }], status: 200 })
})
