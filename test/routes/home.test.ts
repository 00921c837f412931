import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { openapi } from '../contract/committed.ts'
import { build } from '../helper.ts'
import { holder } from '../tokens.ts'

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

t.test('/ tells a browser what this is, and all that it links to is there', async t => {
  const fastify = await build(t)
  const { body, headers } = await fastify.inject({ url: '/', headers: { accept: browser } })
  t.match(headers, { 'content-type': 'text/html; charset=utf-8', vary: /accept\b/ })
  t.match(headers['content-security-policy'], /^default-src 'none'; style-src 'sha256-[^']+';/)
  t.notMatch(body, /<script|https?:/)
  const paths = [...body.matchAll(/href="(\/[^"]*)"/g)].map(([, path]) => String(path))
  t.ok(paths.length >= 6)
  for (const path of paths) t.equal((await fastify.inject(path)).statusCode, 200, path)
})

t.test('/ shows a browser the live sessions that it may read', async t => {
  const read = async (fastify: FastifyInstance, headers = {}) =>
    (await fastify.inject({ url: '/', headers: { accept: browser, ...headers } })).body
  const apps = { tick: { command: ['sh', '-c', 'echo READY; exec sleep 1000'] } }
  const open = await build(t, { apps })
  t.match(await read(open), 'No session is live')
  t.match(await read(open, { host: 'localhost:8080' }), /curl localhost:8080\/sessions .*\{"appId":"tick"\}/)
  const { id } = (await open.inject({ method: 'POST', url: '/sessions?waitMs=60000', body: { appId: 'tick' } })).json()
  t.match(
    await read(open),
    new RegExp(`<p>1 running</p>[^]*<a href="/sessions/${id}">${id}</a><td>tick<td>running<td>`)
  )
  const [owner, stranger] = [holder('owner'), holder('stranger', ['read'], ['other'])]
  const closed = await build(t, { apps, tokens: [owner.entry, stranger.entry] })
  await closed.inject({
    method: 'POST',
    url: '/sessions?waitMs=60000',
    body: { appId: 'tick' },
    headers: owner.headers
  })
  t.match(await read(closed), 'told to holders of a token only')
  t.match(await read(closed, stranger.headers), 'No session is live')
  t.match(await read(closed, owner.headers), '<td>tick<td>running<td>')
})

t.test('/ is an index in JSON for curl and other programs', async t => {
  const fastify = await build(t)
  for (const accept of ['*/*', 'application/json', undefined]) {
    const response = await fastify.inject({ url: '/', headers: accept ? { accept } : {} })
    t.match(response.body, /^\{.*\}\n$/)
    const { name, links } = response.json()
    t.equal(name, 'weft-gateway')
    t.match(links, { docs: '/docs', openapi: '/openapi.yaml', sessions: '/sessions', events: '/events' })
  }
  t.match((await fastify.inject({ url: '/', headers: { accept: 'image/png' } })).json(), { code: 'not-acceptable' })
})

t.test('/ needs no token, and is no part of the contract', async t => {
  const fastify = await build(t, { tokens: [holder('owner').entry] })
  t.equal((await fastify.inject('/')).statusCode, 200)
  t.notOk('/' in openapi.paths)
})
