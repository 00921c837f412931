import t from 'tap'
import { build } from '../helper.ts'
import { holder } from '../tokens.ts'

const expected = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': /frame-ancestors 'none'/
}

t.test('whatever is served tells browsers to be careful with it', async t => {
  const { entry, headers } = holder('owner')
  const fastify = await build(t, { tokens: [entry] })
  const calls: [string, object, number][] = [
    ['/sessions', headers, 200],
    ['/problems/internal', headers, 200],
    ['/openapi.yaml', headers, 200],
    ['/livez', {}, 200],
    ['/sessions', {}, 401],
    ['/nowhere', headers, 404],
    ['/sessions', { ...headers, origin: 'https://evil.example' }, 403],
    ['/sessions', { ...headers, host: 'evil.example' }, 421]
  ]
  for (const [url, sent, status] of calls) {
    const response = await fastify.inject({ url, headers: { ...sent } })
    t.equal(response.statusCode, status, url)
    t.match(response.headers, expected, url)
  }
})

t.test('what an app or a client wrote is no page', async t => {
  const fastify = await build(t, { apps: { x: { command: ['echo', '<script>alert(1)</script>'] } } })
  await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId: 'x' }, headers: { prefer: 'wait=60' } })
  for (const accept of ['text/html', 'text/html,*/*;q=0.8', '*/*']) {
    const { headers, statusCode } = await fastify.inject({ url: '/sessions/1/logs', headers: { accept } })
    t.notMatch(headers['content-type'], 'html', accept)
    if (statusCode === 200) t.match(headers, { ...expected, 'content-security-policy': /default-src 'none'/ }, accept)
  }
})
