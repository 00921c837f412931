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
