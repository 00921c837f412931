import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { openNdjson, openSse } from '../clients.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const idle = shell('echo READY; exec sleep 1000')
const apps = { idle, wordy: shell('echo hello; echo READY; exec sleep 1000') }

async function ready(fastify: FastifyInstance, appId = 'idle'): Promise<number> {
  const { id } = await launch(fastify, appId)
  await until(fastify, id, 'ready')
  return id
}

t.test('a session and the list have an ETag, and are 304 as long as they do not change', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify)
  // Until then its usage changes each second.
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  for (const url of [`/sessions/${id}`, '/sessions', '/apps', '/apps/idle', '/openapi.json']) {
    const first = await fastify.inject(url)
    const etag = String(first.headers.etag)
    t.match(etag, /^W\/"[\w-]+"$/, url)
    t.equal(first.headers['cache-control'], 'private, no-cache', url)
    for (const known of [etag, etag.slice(2), `"x", ${etag}`, '*']) {
      const again = await fastify.inject({ url, headers: { 'if-none-match': known } })
      t.equal(again.statusCode, 304, `${url} ${known}`)
      t.equal(again.body, '')
      t.equal(again.headers.etag, etag)
      t.notOk(again.headers['content-length'])
    }
    t.equal((await fastify.inject({ url, headers: { 'if-none-match': '"x"' } })).statusCode, 200)
    t.equal((await fastify.inject({ method: 'HEAD', url, headers: { 'if-none-match': etag } })).statusCode, 304)
  }
})

t.test('what has changed is answered anew', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify)
  const tags = await Promise.all(
    [`/sessions/${id}`, '/sessions'].map(async url => (await fastify.inject(url)).headers.etag)
  )
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  for (const [index, url] of [`/sessions/${id}`, '/sessions'].entries()) {
    const response = await fastify.inject({ url, headers: { 'if-none-match': String(tags[index]) } })
    t.equal(response.statusCode, 200)
    t.not(response.headers.etag, tags[index])
  }
})

t.test('nothing else is kept by anybody', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify)
  const requests: InjectOptions[] = [
    { url: `/sessions/${id}/logs` },
    { url: `/sessions/${id}/wait?timeoutMs=0` },
    { url: '/events', headers: { accept: 'application/json' } },
    ...['/livez', '/readyz', '/metrics', '/sessions/99', '/nowhere', '/sessions/%zz', '/sessions?limit=x'].map(url => ({
      url
    })),
    { method: 'POST', url: '/sessions', payload: { appId: 'idle' } },
    { method: 'DELETE', url: `/sessions/${id}` },
    { method: 'PUT', url: '/sessions' }
  ]
  for (const request of requests) {
    const { headers } = await fastify.inject(request)
    t.equal(headers['cache-control'], 'no-store', `${request.method ?? 'GET'} ${request.url}`)
    t.notOk(headers.etag)
  }
})

t.test('HEAD is GET without content', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify, 'wordy')
  const paths = [
    '/sessions',
    `/sessions/${id}`,
    `/sessions/${id}/logs`,
    `/sessions/${id}/wait?for=ready`,
    '/apps',
    '/apps/idle'
  ]
  for (const url of [
    ...paths,
    '/livez',
    '/readyz',
    '/openapi.yaml',
    '/asyncapi.yaml',
    '/problems/internal',
    '/sessions/99'
  ]) {
    const [full, head] = [await fastify.inject(url), await fastify.inject({ method: 'HEAD', url })]
    t.equal(head.statusCode, full.statusCode, url)
    t.equal(head.body, '', url)
    for (const name of ['content-type', 'cache-control', 'etag'])
      t.equal(head.headers[name], full.headers[name], `${url} ${name}`)
  }
})

t.test('HEAD of a stream ends at once', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify, 'wordy')
  for (const [url, accept] of [
    ['/events', 'text/event-stream'],
    ['/events', '*/*'],
    [`/sessions/${id}/logs?follow=true`, 'text/event-stream']
  ] as const) {
    const response = await fastify.inject({ method: 'HEAD', url, headers: { accept } })
    t.equal(response.statusCode, 200)
    t.equal(response.body, '')
    t.match(response.headers['content-type'], accept === '*/*' ? 'application/x-ndjson' : accept)
  }
  t.same(fastify.gateway.feed.clients, { websocket: 0, sse: 0, ndjson: 0 })
})

t.test('OPTIONS says what is allowed', async t => {
  const fastify = await build(t)
  for (const [url, allow] of [
    ['/sessions', 'GET, HEAD, OPTIONS, POST'],
    ['/sessions/1', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/events', 'GET, HEAD, OPTIONS']
  ] as const) {
    const response = await fastify.inject({ method: 'OPTIONS', url })
    t.equal(response.statusCode, 204, url)
    t.equal(response.headers.allow, allow, url)
  }
  t.equal((await fastify.inject({ method: 'OPTIONS', url: '/nowhere' })).statusCode, 404)
})

const negotiate = async (t: Test, fastify: FastifyInstance, url: string, cases: Record<string, string | 406>) => {
  for (const [accept, expected] of Object.entries(cases)) {
    const response = await fastify.inject({ method: 'HEAD', url, headers: { accept } })
    if (expected === 406) t.equal(response.statusCode, 406, `${url} ${accept}`)
    else t.match(response.headers['content-type'], expected, `${url} ${accept}`)
  }
}

t.test('answers come in a form that the client accepts, or are 406', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify, 'wordy')
  const common = { '*/*': '/', 'application/problem+json': '/', 'image/png': 406, 'text/html;q=0.9': 406 } as const
  const json = {
    ...common,
    'application/*': 'application/json',
    'text/html, application/json;q=0.1': 'application/json'
  }
  for (const url of [
    '/sessions',
    `/sessions/${id}`,
    `/sessions/${id}/wait?for=ready`,
    '/apps',
    '/apps/idle',
    '/livez'
  ]) {
    await negotiate(t, fastify, url, {
      ...json,
      'application/json; charset=UTF-8': 'application/json',
      'text/plain': 406
    })
  }
  await negotiate(t, fastify, `/sessions/${id}/logs`, {
    ...common,
    'text/plain': 'text/plain',
    'text/*': 'text/plain',
    'application/x-ndjson': 'application/x-ndjson',
    'text/event-stream, */*;q=0.1': 'text/event-stream',
    'application/json': 406
  })
  await negotiate(t, fastify, '/events', {
    ...common,
    'application/json': 'application/json',
    'text/event-stream': 'text/event-stream',
    'application/*': 'application/x-ndjson',
    'text/plain': 406
  })
})

t.test('a launch or a stop whose answer nobody would take is not made', async t => {
  const fastify = await build(t, { apps })
  const id = await ready(fastify)
  const headers = { accept: 'text/html' }
  const refused = await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'idle' } })
  t.match(refused.json(), { status: 406, code: 'not-acceptable' })
  t.equal((await fastify.inject({ method: 'DELETE', url: `/sessions/${id}`, headers })).statusCode, 406)
  t.match((await fastify.inject('/sessions')).json().items, [{ id, state: 'running' }])
  t.match((await fastify.inject({ url: '/sessions/99', headers: { accept: 'application/problem+json' } })).json(), {
    status: 404
  })
})

t.test('pages link to the next one', async t => {
  const fastify = await build(t, { apps })
  for (let turn = 0; turn < 5; turn++) await launch(fastify, 'idle', { labels: { 'a/b': '<x>&"' } })
  const page = async (url: string) => {
    const { headers, body } = await fastify.inject({ url, headers: { accept: 'application/json' } })
    const next = /^<(\/[^>]*)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1]
    t.equal(next === undefined, headers.link === undefined, String(headers.link))
    return { items: JSON.parse(body).items as { id: unknown }[], next }
  }
  const follow = async (first: string) => {
    const found: unknown[] = []
    for (let url: string | undefined = first; url; ) {
      const { items, next }: Awaited<ReturnType<typeof page>> = await page(url)
      found.push(...items.map(({ id }) => id))
      url = next
    }
    return found
  }
  const label = encodeURIComponent('a/b=<x>&"')
  t.same(await follow(`/sessions?limit=2&label=${label}`), [1, 2, 3, 4, 5])
  const { epoch } = fastify.gateway.store
  const launched = await follow('/events?limit=2&type=Launched')
  t.equal(new Set(launched).size, 5)
  t.match(launched[0], `${epoch}.1`)
})

t.test('large answers are compressed for those who can, and small ones for nobody', async t => {
  const fastify = await build(t, { apps })
  for (let turn = 0; turn < 10; turn++) await launch(fastify, 'idle', { labels: { turn: String(turn) } })
  const plain = await fastify.inject('/sessions?state=starting&state=running')
  t.notOk(plain.headers['content-encoding'])
  t.match(plain.headers.vary, 'accept-encoding')
  for (const url of ['/openapi.json', '/openapi.yaml', '/metrics', '/sessions']) {
    const packed = await fastify.inject({ url, headers: { 'accept-encoding': 'br, gzip' } })
    t.equal(packed.headers['content-encoding'], 'gzip', url)
    t.equal(Number(packed.headers['content-length']), packed.rawPayload.length)
    t.ok(gunzipSync(packed.rawPayload).length > packed.rawPayload.length)
  }
  for (const [url, encoding] of [
    ['/sessions', 'gzip;q=0'],
    ['/sessions', 'br'],
    ['/sessions?limit=1', 'gzip']
  ] as const) {
    const response = await fastify.inject({ url, headers: { 'accept-encoding': encoding } })
    t.notOk(response.headers['content-encoding'], `${url} ${encoding}`)
    response.json()
  }
})

t.test('streams flow at once, whatever encoding the client accepts', async t => {
  const fastify = await build(t, { apps })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const encoding = { 'accept-encoding': 'gzip, deflate, br' }
  for (const connect of [openSse, openNdjson]) {
    const client = await connect(t, `${url}/events`, encoding)
    await client.until(({ type }) => type === 'Snapshot')
    const { id } = await launch(fastify, 'wordy')
    await client.until(({ type, session }) => type === 'AppReady' && session?.id === id)
    const log = get(`${url}/sessions/${id}/logs?follow=true`, { headers: encoding, agent: false })
    t.teardown(() => log.destroy())
    const [response] = (await once(log, 'response')) as [IncomingMessage]
    t.notOk(response.headers['content-encoding'])
    t.match(String((await once(response, 'data'))[0]), 'hello')
    response.on('error', () => {})
  }
})
