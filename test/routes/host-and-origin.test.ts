import { once } from 'node:events'
import { statSync } from 'node:fs'
import { get, type OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { listen } from '../../src/server/listen.ts'
import { openWebSocket } from '../clients.ts'
import { build, launch, shell, temporaryFolder } from '../helper.ts'

const apps = { app: shell('echo READY; exec sleep 1000') }

const post = (fastify: FastifyInstance, headers: Record<string, string>) =>
  fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })

async function nothingLaunched(t: Test, fastify: FastifyInstance) {
  t.same((await fastify.inject('/sessions')).json().items, [])
}

t.test('D36: a Host that is not ours is answered 421, whatever is asked for', async t => {
  const fastify = await build(t, { apps })
  for (const host of [
    'evil.example',
    'evil.example:7410',
    '192.168.1.7',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '[::2]:7410',
    '0.0.0.0'
  ]) {
    const response = await post(fastify, { host })
    t.match(response.json(), { status: 421, code: 'host-not-allowed', type: '/problems/host-not-allowed' }, host)
    for (const url of ['/sessions', '/events', '/livez', '/openapi.json', '/nowhere']) {
      t.equal((await fastify.inject({ url, headers: { host } })).statusCode, 421, `${host} ${url}`)
    }
  }
  await nothingLaunched(t, fastify)
})

t.test(
  'the names of this machine’s loopback and server.allowedHosts are ours, in any case and with any port',
  async t => {
    const fastify = await build(t, { server: { allowedHosts: ['gateway.example'] } })
    const ours = ['localhost', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:7410', '127.8.9.10', '[::1]', '[::1]:7410']
    for (const host of [...ours, 'gateway.example', 'Gateway.Example:443']) {
      t.equal((await fastify.inject({ url: '/livez', headers: { host } })).statusCode, 200, host)
    }
  }
)

t.test('D36: a page of another origin launches nothing, reads nothing and stops nothing', async t => {
  const fastify = await build(t, { apps })
  const host = 'localhost:7410'
  const origins = [
    'http://evil.example',
    'https://localhost:7410',
    'http://localhost:80',
    'http://localhost',
    'null',
    ''
  ]
  for (const origin of origins) {
    const response = await post(fastify, { host, origin })
    t.match(response.json(), { status: 403, code: 'forbidden', type: '/problems/forbidden' }, origin)
    t.notOk(response.headers['access-control-allow-origin'], origin)
    for (const url of ['/sessions', '/events']) {
      t.equal((await fastify.inject({ url, headers: { host, origin } })).statusCode, 403, `${origin} ${url}`)
    }
  }
  await nothingLaunched(t, fastify)
  const { id } = await launch(fastify, 'app')
  const headers = { host, origin: 'http://evil.example' }
  t.equal((await fastify.inject({ method: 'DELETE', url: `/sessions/${id}`, headers })).statusCode, 403)
  t.notMatch((await fastify.inject(`/sessions/${id}`)).json().state, /stop/)
})

t.test('a form of a foreign page, which sends no Origin in some browsers, is no JSON', async t => {
  const fastify = await build(t, { apps })
  const response = await fastify.inject({
    method: 'POST',
    url: '/sessions',
    headers: { 'content-type': 'text/plain' },
    payload: '{"appId":"app"}'
  })
  t.equal(response.statusCode, 415)
  await nothingLaunched(t, fastify)
})

t.test('what a proxy header says changes neither Host nor Origin', async t => {
  const fastify = await build(t, { apps })
  const headers = { 'x-forwarded-host': 'localhost', 'x-forwarded-for': '127.0.0.1', forwarded: 'host=localhost' }
  t.equal((await post(fastify, { ...headers, host: 'evil.example' })).statusCode, 421)
  const spoofed = { 'x-forwarded-host': 'evil.example', host: 'localhost', origin: 'http://evil.example' }
  t.equal((await post(fastify, spoofed)).statusCode, 403)
})

t.test('a page of the same origin is welcome, and so is a client that is no page', async t => {
  const fastify = await build(t, { apps })
  for (const host of ['localhost:7410', '127.0.0.1:7410', '[::1]:7410']) {
    t.equal((await post(fastify, { host, origin: `http://${host}` })).statusCode, 201, host)
  }
  t.equal((await post(fastify, { host: 'localhost:7410' })).statusCode, 201)
})

t.test('server.allowedOrigins lets pages in, preflights included, and nobody else', async t => {
  const fastify = await build(t, { apps, server: { allowedOrigins: ['https://app.example'] } })
  const origin = 'https://app.example'
  const response = await post(fastify, { origin })
  t.equal(response.statusCode, 201)
  t.equal(response.headers['access-control-allow-origin'], origin)
  t.match(response.headers.vary, /origin/i)
  const missing = await fastify.inject({ url: '/sessions/99', headers: { origin } })
  t.equal(missing.headers['access-control-allow-origin'], origin, 'an error can be read, too')

  const preflight = (headers: object) =>
    fastify.inject({
      method: 'OPTIONS',
      url: '/sessions',
      headers: { 'access-control-request-method': 'POST', ...headers }
    })
  const granted = await preflight({ origin, 'access-control-request-headers': 'content-type' })
  t.equal(granted.statusCode, 204)
  t.equal(granted.headers['access-control-allow-origin'], origin)
  t.match(granted.headers['access-control-allow-methods'], /POST/)
  t.equal(granted.headers['access-control-allow-headers'], 'content-type')

  t.equal((await preflight({ origin: 'https://evil.example' })).statusCode, 403)
  t.equal((await preflight({ origin, host: 'evil.example' })).statusCode, 421)
  t.equal((await post(fastify, { origin: 'https://app.example.evil' })).statusCode, 403)
  t.equal((await post(fastify, { origin: 'http://app.example' })).statusCode, 403)
})

t.test('D36: a WebSocket of a foreign page is refused before it is one', async t => {
  const fastify = await build(t, { server: { allowedOrigins: ['https://app.example'] } })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const { host } = new URL(url)
  await t.rejects(openWebSocket(t, url, { origin: 'http://evil.example' }), { message: 'refused with 403' })
  await t.rejects(openWebSocket(t, url, { origin: 'null' }), { message: 'refused with 403' })
  await t.rejects(openWebSocket(t, url, { host: 'evil.example' }), { message: 'refused with 421' })
  await t.rejects(openWebSocket(t, url, { host: 'evil.example', origin: 'http://evil.example' }), /421/)
  t.same(fastify.gateway.feed.clients, { websocket: 0, sse: 0, ndjson: 0 })
  for (const headers of [{}, { origin: `http://${host}` }, { origin: 'https://app.example' }]) {
    const client = await openWebSocket(t, url, headers)
    t.equal((await client.until(() => true)).type, 'Hello')
  }
})

/** The status of a GET over a Unix socket. */
function statusOver(socketPath: string, path: string, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  return new Promise(resolve => {
    get({ socketPath, path, headers, agent: false }, response => {
      response.destroy()
      resolve(response.statusCode)
    })
  })
}

t.test('a foreign page that comes through a proxy to a Unix socket reads nothing', async t => {
  const socketPath = join(await temporaryFolder(t), 'gateway.sock')
  const server = { socket: socketPath, allowedHosts: ['gateway.example'], allowedOrigins: ['https://app.example'] }
  const fastify = await build(t, { server })
  await listen(fastify)
  const foreign = [
    { host: 'gateway.example', origin: 'https://evil.example' },
    { host: 'gateway.example', origin: 'null' },
    // A name of the page's own that leads to the proxy.
    { host: 'evil.example', origin: 'http://evil.example' }
  ]
  for (const headers of foreign) {
    for (const path of ['/events', '/sessions', '/livez']) {
      t.equal(await statusOver(socketPath, path, headers), 403, `${headers.origin} ${path}`)
    }
    const socket = new WebSocket(`ws+unix:${socketPath}:/events`, { headers })
    const [, response] = await once(socket, 'unexpected-response')
    response.destroy()
    t.equal(response.statusCode, 403, `${headers.origin} WebSocket`)
  }
  t.same(fastify.gateway.feed.clients, { websocket: 0, sse: 0, ndjson: 0 })
  for (const origin of ['https://app.example', 'http://gateway.example']) {
    t.equal(await statusOver(socketPath, '/livez', { host: 'gateway.example', origin }), 200)
  }
})

t.test('D37: a Unix socket is only for its owner, answers whatever the Host, and goes with the gateway', async t => {
  const folder = await temporaryFolder(t)
  const socketPath = join(folder, 'gateway.sock')
  const fastify = await build(t, { server: { socket: socketPath } })
  t.equal((await listen(fastify)).address, socketPath)
  t.equal(statSync(socketPath).mode & 0o777, 0o600)
  t.equal(await statusOver(socketPath, '/livez', { host: 'gateway' }), 200)
  const socket = new WebSocket(`ws+unix:${socketPath}:/events`)
  t.teardown(() => socket.terminate())
  await new Promise(resolve => socket.once('message', resolve))
  socket.terminate()
  await fastify.close()
  t.notOk(statSync(socketPath, { throwIfNoEntry: false }))
})
