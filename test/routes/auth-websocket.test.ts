import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { newToken } from '../../src/gateway/access/token.ts'
import { type Client, clientOf, openWebSocket } from '../clients.ts'
import { build } from '../helper.ts'
import { bearer, holder } from '../tokens.ts'

const reader = holder('reader', ['read'])
const launcher = holder('launcher', ['launch'])

const gateway = async (t: Test, options: object = {}) => {
  const tokens = [reader.entry, launcher.entry]
  const fastify = await build(t, { tokens, limits: { authFailuresPerMinute: 0 }, ...options })
  return { fastify, url: `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events` }
}

/** Opens as a browser does, which can set nothing but subprotocols. Resolves with the HTTP status where it is refused. */
async function offer(t: Test, url: string, protocols: string[], headers = {}): Promise<number | [WebSocket, Client]> {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols, { headers })
  t.teardown(() => socket.terminate())
  const client = clientOf(socket)
  const refused = once(socket, 'unexpected-response').then(([request, response]) => {
    request.destroy()
    return response.statusCode as number
  })
  const opened = once(socket, 'open').then((): [WebSocket, Client] => [socket, client])
  return await Promise.race([refused, opened])
}

const nobodyFollows = (t: Test, { gateway }: FastifyInstance) =>
  t.same(gateway.feed.clients, { websocket: 0, sse: 0, ndjson: 0 }, 'nobody got in')

t.test('a browser offers weft.v1 and its token as subprotocols; the gateway chooses weft.v1', async t => {
  const { url } = await gateway(t)
  for (const protocols of [
    ['weft.v1', `bearer.${reader.token}`],
    [`bearer.${reader.token}`, 'weft.v1'],
    ['other', `bearer.${reader.token}`, 'weft.v1']
  ]) {
    const opened = await offer(t, url, protocols)
    if (typeof opened === 'number') throw new Error(`refused with ${opened}`)
    const [socket, client] = opened
    t.equal(socket.protocol, 'weft.v1')
    t.match(await client.until(({ type }) => type === 'Snapshot'), { sessions: [] })
  }
})

t.test('subprotocols that are no way in are refused with 401 before there is a WebSocket', async t => {
  const { fastify, url } = await gateway(t)
  const { token } = reader
  for (const protocols of [
    [],
    ['weft.v1'],
    [`bearer.${token}`],
    ['weft.v2', `bearer.${token}`],
    ['weft.v1', token],
    ['weft.v1', `Bearer.${token}`],
    ['weft.v1', `bearer.${token}x`],
    ['weft.v1', `bearer.${newToken()}`],
    ['weft.v1', 'bearer.'],
    ['weft.v1', `bearer.bearer.${token}`],
    ['weft.v1', `token.${token}`]
  ]) {
    t.equal(await offer(t, url, protocols), 401, protocols.join(' '))
  }
  t.equal(await offer(t, `${url}?access_token=${token}`, []), 401)
  nobodyFollows(t, fastify)
})

t.test('two tokens are one too many, in whatever way they come', async t => {
  const { fastify, url } = await gateway(t)
  const { token, headers } = reader
  t.equal(await offer(t, url, ['weft.v1', `bearer.${token}`, `bearer.${newToken()}`]), 400)
  t.equal(await offer(t, url, ['weft.v1', `bearer.${newToken()}`, `bearer.${token}`]), 400)
  t.equal(await offer(t, url, ['weft.v1', `bearer.${token}`], headers), 400)
  t.equal(await offer(t, url, ['weft.v1', `bearer.${token}`], bearer(newToken())), 400)
  nobodyFollows(t, fastify)
})

t.test('subprotocols are a way in for WebSockets only', async t => {
  const { fastify } = await gateway(t)
  const headers = { 'sec-websocket-protocol': `weft.v1, bearer.${reader.token}` }
  for (const more of [{}, { upgrade: 'websocket' }, { connection: 'upgrade', upgrade: 'h2c' }]) {
    t.equal((await fastify.inject({ url: '/sessions', headers: { ...headers, ...more } })).statusCode, 401)
  }
})

t.test('the token is never told back', async t => {
  const { url } = await gateway(t)
  const headers = await new Promise<object>(resolve => {
    const socket = new WebSocket(url.replace('http', 'ws'), ['weft.v1', `bearer.${reader.token}`])
    socket.on('upgrade', response => resolve(response.headers))
    t.teardown(() => socket.terminate())
  })
  t.notMatch(JSON.stringify(headers), reader.token)
  const open = await build(t)
  const socket = new WebSocket(`ws${(await open.listen({ port: 0 })).slice(4)}/events`, [`bearer.${reader.token}`])
  t.teardown(() => socket.terminate())
  const [error] = await once(socket, 'error')
  t.equal(error.message, 'Server sent no subprotocol', 'a gateway without tokens does not choose it either')
})

t.test('clients that can set headers need no subprotocol, and get one only if they offer it', async t => {
  const { url } = await gateway(t)
  const client = await openWebSocket(t, url, reader.headers)
  t.equal((await client.until(() => true)).type, 'Hello')
  const opened = await offer(t, url, ['weft.v1'], reader.headers)
  t.equal(typeof opened !== 'number' && opened[0].protocol, 'weft.v1')
})

t.test('a token that may not read follows nothing', async t => {
  const { fastify, url } = await gateway(t)
  t.equal(await offer(t, url, ['weft.v1', `bearer.${launcher.token}`]), 403)
  await t.rejects(openWebSocket(t, url, launcher.headers), { message: 'refused with 403' })
  nobodyFollows(t, fastify)
})

t.test('a page of a foreign origin is refused even with a valid token', async t => {
  const { fastify, url } = await gateway(t)
  const protocols = ['weft.v1', `bearer.${reader.token}`]
  t.equal(await offer(t, url, protocols, { origin: 'https://evil.example' }), 403)
  t.equal(await offer(t, url, protocols, { host: 'evil.example' }), 421)
  nobodyFollows(t, fastify)
})
