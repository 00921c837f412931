import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { newToken } from '../../src/gateway/access/token.ts'
import { build, launch, shell } from '../helper.ts'
import { bearer, holder } from '../tokens.ts'

const apps = { app: shell('echo READY; exec sleep 1000') }
const owner = holder('owner')

const gateway = (t: Test, options: object = {}) =>
  build(t, { apps, tokens: [owner.entry], limits: { authFailuresPerMinute: 0 }, ...options })

const closed = ['/sessions', '/sessions/1', '/sessions/1/wait', '/sessions/1/logs', '/events', '/apps', '/apps/app']
const meta = ['/metrics', '/openapi.yaml', '/openapi.json', '/problems/internal', '/nowhere']

async function statusOf(fastify: FastifyInstance, url: string, headers: object): Promise<number> {
  return (await fastify.inject({ url, headers: { accept: 'application/json', ...headers } })).statusCode
}

t.test('without tokens nobody is asked for one, and what is sent is not looked at', async t => {
  const fastify = await build(t, { apps })
  for (const headers of [{}, bearer(newToken()), { authorization: 'Basic eDp5' }]) {
    t.equal(await statusOf(fastify, '/sessions', headers), 200)
  }
})

t.test('with tokens every route asks for one, but for the pages / and /docs, /livez and /readyz', async t => {
  const fastify = await gateway(t)
  for (const url of [...closed, ...meta]) {
    const response = await fastify.inject(url)
    t.match(response.json(), { status: 401, code: 'unauthorized', type: '/problems/unauthorized' }, url)
    t.equal(response.headers['www-authenticate'], 'Bearer realm="weft-gateway"', url)
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'] as const) {
    t.equal((await fastify.inject({ method, url: '/sessions' })).statusCode, 401, method)
  }
  for (const url of ['/', '/docs', '/livez', '/readyz']) t.equal((await fastify.inject(url)).statusCode, 200, url)
})

/** The URLs of all routes that have GET, an id in them as 1. */
function urlsOf(fastify: FastifyInstance): string[] {
  const parents: string[] = []
  const lines = fastify.printRoutes({ commonPrefix: false, includeMeta: false }).split('\n')
  return lines.flatMap(line => {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \((.*)\)/.exec(line) ?? []
    const depth = indent.length / 4
    parents.splice(depth, Number.POSITIVE_INFINITY, part)
    return methods.includes('GET') ? [parents.join('').replace(/:\w+/, '1')] : []
  })
}

t.test('a route that is added later asks for a token, too', async t => {
  const fastify = await gateway(t)
  const urls = urlsOf(fastify)
  t.ok(
    ['/sessions/1/logs', '/events', '/apps/1', '/metrics', '/docs/page.js'].every(url => urls.includes(url)),
    String(urls)
  )
  const open = []
  for (const url of urls) if ((await fastify.inject(url)).statusCode !== 401) open.push(url)
  t.same(
    open.filter(url => !url.startsWith('/docs')).sort(),
    ['/', '/livez', '/readyz'],
    'nothing is open that was not meant to be'
  )
})

t.test('with a valid token everything is as it is without tokens', async t => {
  const fastify = await gateway(t)
  const { headers } = owner
  const launched = await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })
  t.equal(launched.statusCode, 201)
  for (const url of [...closed.filter(url => !/wait|logs/.test(url)), '/metrics', '/openapi.yaml']) {
    t.equal(await statusOf(fastify, url, headers), 200, url)
  }
  t.equal(await statusOf(fastify, '/nowhere', headers), 404)
  t.equal((await fastify.inject({ method: 'DELETE', url: '/sessions/1', headers })).statusCode, 202)
})

t.test('RFC 6750: the scheme has any case, and a token that is none is told from none at all', async t => {
  const fastify = await gateway(t)
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer ']) {
    t.equal(await statusOf(fastify, '/apps', { authorization: `${scheme} ${owner.token}` }), 200, scheme)
  }
  const { token } = owner
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    token,
    `Basic ${token}`,
    `Token ${token}`,
    `Bearer${token}`,
    `Bearer\t${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.toLowerCase()}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer ${token} ${token}`,
    `Bearer "${token}"`,
    `Bearer x Bearer ${token}`,
    `Bearer ${owner.entry.hash}`,
    `Bearer ${newToken()}`
  ]) {
    const response = await fastify.inject({ url: '/apps', headers: { authorization } })
    t.match(response.json(), { status: 401, code: 'unauthorized' }, authorization)
    t.match(response.headers['www-authenticate'], /^Bearer realm="weft-gateway", error="invalid_token"$/, authorization)
  }
})

t.test('a token in a URL, in a cookie or in a body is not even looked for', async t => {
  const fastify = await gateway(t)
  const { token } = owner
  for (const name of ['access_token', 'token', 'bearer', 'authorization', 'key']) {
    for (const url of closed) t.equal(await statusOf(fastify, `${url}?${name}=${token}`, {}), 401, `${url}?${name}`)
  }
  for (const headers of [
    { cookie: `token=${token}` },
    { 'x-api-key': token },
    { 'proxy-authorization': `Bearer ${token}` }
  ]) {
    t.equal(await statusOf(fastify, '/apps', headers), 401, JSON.stringify(headers))
  }
  const payload = { appId: 'app', access_token: token }
  t.equal((await fastify.inject({ method: 'POST', url: '/sessions', payload })).statusCode, 401)
  t.equal(await statusOf(fastify, `http://user:${token}@localhost/apps`, {}), 401)
  // What is in the URL does not help, and what is in the header is not harmed.
  t.equal(await statusOf(fastify, `/apps?access_token=${token}`, owner.headers), 400)
})

t.test('two Authorization headers are refused, whichever of them is the right one', async t => {
  const fastify = await gateway(t)
  const address = new URL(await fastify.listen({ port: 0, host: '127.0.0.1' }))
  const [good, bad] = [`Bearer ${owner.token}`, `Bearer ${newToken()}`]
  for (const pair of [
    [good, bad],
    [bad, good],
    [good, good],
    [good, '']
  ]) {
    const lines = pair.map((value, index) => `${index ? 'AUTHORIZATION' : 'Authorization'}: ${value}`)
    const answer = await exchange(address, [
      'GET /apps HTTP/1.1',
      `Host: ${address.host}`,
      ...lines,
      'Connection: close'
    ])
    t.match(answer, /^HTTP\/1\.1 400 /, lines.join())
    t.match(answer, /"pointer":"\/headers\/authorization"/)
    t.notMatch(answer, owner.token)
  }
  const folded = ['GET /apps HTTP/1.1', `Host: ${address.host}`, 'Authorization: Bearer', ` ${owner.token}`]
  t.match(await exchange(address, [...folded, 'Connection: close']), /^HTTP\/1\.1 40[01] /, 'a folded header')
  const list = await new Promise<number | undefined>(resolve => {
    const request = httpRequest(new URL('/apps', address), { headers: { Authorization: [bad, good] }, agent: false })
    request.on('response', response => resolve(response.resume().statusCode)).end()
  })
  t.equal(list, 400)
})

/** Sends lines as they are; returns the answer as it is. */
async function exchange({ hostname, port }: URL, lines: readonly string[]): Promise<string> {
  const socket = connect(Number(port), hostname)
  socket.end(`${lines.join('\r\n')}\r\n\r\n`)
  return await text(socket)
}

t.test('a preflight has no token and needs none; the request that follows does', async t => {
  const origin = 'https://app.example'
  const fastify = await gateway(t, { server: { allowedOrigins: [origin] } })
  const asked = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }
  const preflight = await fastify.inject({ method: 'OPTIONS', url: '/apps', headers: { origin, ...asked } })
  t.equal(preflight.statusCode, 204)
  t.equal(preflight.headers['access-control-allow-headers'], 'authorization')
  const refused = await fastify.inject({ url: '/apps', headers: { origin } })
  t.equal(refused.statusCode, 401)
  t.equal(refused.headers['access-control-allow-origin'], origin, 'the page can read why')
  t.equal(await statusOf(fastify, '/apps', { origin, ...owner.headers }), 200)
  t.equal(await statusOf(fastify, '/apps', { origin: 'https://evil.example', ...owner.headers }), 403)
  t.equal(await statusOf(fastify, '/apps', { host: 'evil.example', ...owner.headers }), 421)
})

t.test('nothing is done for who has no token', async t => {
  const fastify = await gateway(t)
  const { headers } = owner
  const session = await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })
  t.equal(session.statusCode, 201)
  await t.rejects(launch(fastify, 'app'), /401/)
  t.equal((await fastify.inject({ method: 'DELETE', url: '/sessions/1?force=true' })).statusCode, 401)
  const { items } = (await fastify.inject({ url: '/sessions', headers })).json()
  t.match(items, [{ id: 1, state: /starting|running/ }])
  t.equal(items.length, 1)
})
