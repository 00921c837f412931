import type { FastifyInstance, LightMyRequestResponse as Response } from 'fastify'
import t from 'tap'
import { type Scope, scopes } from '../../src/config/scopes.ts'
import { open } from '../clients.ts'
import { build, shell } from '../helper.ts'
import { holder } from '../tokens.ts'

const apps = { app: shell('echo READY; exec sleep 1000') }

const calls = [
  { method: 'GET', url: '/sessions', scope: 'read' },
  { method: 'HEAD', url: '/sessions', scope: 'read' },
  { method: 'GET', url: '/sessions/1', scope: 'read' },
  { method: 'GET', url: '/sessions/1/wait?timeoutMs=0', scope: 'read' },
  { method: 'GET', url: '/sessions/1/logs', scope: 'read' },
  { method: 'GET', url: '/events', scope: 'read' },
  { method: 'GET', url: '/stats', scope: 'read' },
  { method: 'GET', url: '/apps', scope: 'read' },
  { method: 'GET', url: '/apps/app', scope: 'read' },
  { method: 'GET', url: '/metrics', scope: 'read' },
  { method: 'GET', url: '/openapi.json', scope: 'read' },
  { method: 'POST', url: '/sessions', scope: 'launch', payload: { appId: 'app' } },
  { method: 'DELETE', url: '/sessions/1?force=true', scope: 'stop' }
] as const

/** All sets of scopes but the whole one. */
const subsets: Scope[][] = [
  ...scopes.map(scope => [scope]),
  ...scopes.map(left => scopes.filter(scope => scope !== left))
]

async function launchedBy(fastify: FastifyInstance, headers: Record<string, string>) {
  return await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })
}

t.test('a call is answered where the token has its scope, and with 403 where it has not', async t => {
  const holders = subsets.map(set => holder(set.join('-'), set))
  const owner = holder('owner')
  const fastify = await build(t, { apps, tokens: [owner, ...holders].map(({ entry }) => entry) })
  await launchedBy(fastify, { ...owner.headers })
  for (const { entry, headers } of holders) {
    for (const { scope, ...call } of calls) {
      const what = `${call.method} ${call.url} as ${entry.name}`
      const response = await fastify.inject({ ...call, headers: { accept: 'application/json, */*', ...headers } })
      if (entry.scopes.includes(scope)) {
        t.ok(response.statusCode < 300, what)
        continue
      }
      t.equal(response.statusCode, 403, what)
      const challenge = `Bearer realm="weft-gateway", error="insufficient_scope", scope="${scope}"`
      t.equal(response.headers['www-authenticate'], challenge, what)
      if (call.method !== 'HEAD') t.match(response.json(), { code: 'forbidden', type: '/problems/forbidden' }, what)
    }
  }
})

t.test('a token that may not launch launches nothing, and one that may not stop stops nothing', async t => {
  const [owner, reader] = [holder('owner'), holder('reader', ['read'])]
  const fastify = await build(t, { apps, tokens: [owner.entry, reader.entry] })
  await launchedBy(fastify, { ...owner.headers })
  const { headers } = reader
  const attempts: (() => Promise<Response>)[] = [
    () => launchedBy(fastify, { ...headers }),
    () => launchedBy(fastify, { ...headers, 'x-http-method-override': 'GET', prefer: 'wait=1' }),
    () => fastify.inject({ method: 'DELETE', url: '/sessions/1?force=true', headers }),
    () => fastify.inject({ method: 'DELETE', url: '/sessions/1/', headers }),
    () => fastify.inject({ method: 'DELETE', url: '/sessions/%31', headers })
  ]
  for (const attempt of attempts) t.equal((await attempt()).statusCode, 403)
  const overridden = { ...headers, 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' }
  t.equal((await fastify.inject({ url: '/sessions/1', headers: overridden })).statusCode, 200, 'a GET stays a GET')
  const { items } = (await fastify.inject({ url: '/sessions', headers })).json()
  t.match(items, [{ id: 1, state: /starting|running/ }])
  t.equal(items.length, 1)
})

t.test('the scope is asked before anything else is told', async t => {
  const launcher = holder('launcher', ['launch'])
  const fastify = await build(t, { apps, tokens: [launcher.entry] })
  const { headers } = launcher
  for (const url of ['/sessions/99', '/sessions/x', '/sessions?nonsense=1', '/apps/none', '/events?since=x']) {
    t.equal((await fastify.inject({ url, headers })).statusCode, 403, url)
  }
  t.equal((await fastify.inject({ method: 'DELETE', url: '/sessions/99', headers })).statusCode, 403)
  t.equal((await fastify.inject({ url: '/nowhere', headers })).statusCode, 404, 'what is not there has no scope')
  t.equal((await fastify.inject({ method: 'PUT', url: '/sessions', headers })).statusCode, 405)
})

t.test('streams are refused before they begin', async t => {
  const launcher = holder('launcher', ['launch', 'stop'])
  const fastify = await build(t, { apps, tokens: [launcher.entry] })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  for (const accept of ['text/event-stream', 'application/x-ndjson', 'application/json', '*/*']) {
    for (const path of ['/events', '/sessions/1/logs?follow=true']) {
      const { response } = await open(t, `${url}${path}`, { accept, ...launcher.headers })
      t.equal(response.statusCode, 403, `${path} ${accept}`)
      t.match(response.headers['content-type'], 'application/problem+json')
      response.resume()
    }
  }
  t.same(fastify.gateway.feed.clients, { websocket: 0, sse: 0, ndjson: 0 })
})
