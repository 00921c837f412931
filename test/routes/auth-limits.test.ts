import type { FastifyInstance, LightMyRequestResponse as Response } from 'fastify'
import t, { type Test } from 'tap'
import { newToken } from '../../src/gateway/access/token.ts'
import { openWebSocket } from '../clients.ts'
import { build } from '../helper.ts'
import { bearer, holder } from '../tokens.ts'

const [owner, other] = [holder('owner'), holder('other')]
const tokens = [owner.entry, other.entry]

async function ask(
  fastify: FastifyInstance,
  headers: object = {},
  remoteAddress = '192.0.2.1',
  url = '/apps'
): Promise<Response> {
  return await fastify.inject({ url, headers: { ...headers }, remoteAddress })
}

/** Asks until it is refused; how often that took, and the refusal. */
async function untilRefused(ask: () => Promise<Response>) {
  for (let count = 0; ; count++) {
    const response = await ask()
    if (response.statusCode === 429) return { count, response }
    if (count > 1_000) throw new Error('never refused')
  }
}

function checkRefusal(t: Test, { json, headers }: Response) {
  const { retryAfterMs, ...problem } = json()
  t.match(problem, { status: 429, code: 'rate-limited', type: '/problems/rate-limited' })
  t.ok(retryAfterMs > 0 && retryAfterMs <= 60_000)
  t.equal(Number(headers['retry-after']), Math.ceil(retryAfterMs / 1_000))
}

t.test('every answer says in RateLimit headers how much may still be asked', async t => {
  const fastify = await build(t, { limits: { requestsPerMinute: 5 } })
  for (const [index, url] of ['/apps', '/sessions', '/nowhere', '/livez'].entries()) {
    const { headers } = await ask(fastify, {}, '192.0.2.1', url)
    t.match(headers, { 'ratelimit-limit': '5', 'ratelimit-remaining': String(4 - index) }, url)
    t.ok(Number(headers['ratelimit-reset']) > 0 && Number(headers['ratelimit-reset']) <= 60)
  }
})

t.test('who asks too often is refused, and the others are not', async t => {
  const fastify = await build(t, { tokens, limits: { requestsPerMinute: 5 } })
  const { count, response } = await untilRefused(() => ask(fastify, owner.headers))
  t.equal(count, 5)
  checkRefusal(t, response)
  t.equal(response.headers['ratelimit-remaining'], '0')
  t.equal((await ask(fastify, owner.headers, '192.0.2.2')).statusCode, 200, 'the same token at another address')
  t.equal((await ask(fastify, other.headers)).statusCode, 200, 'another token at the same address')
  t.equal((await ask(fastify)).statusCode, 401)
})

t.test('a network of IPv6 is one client, and an address of IPv4 is one in both its forms', async t => {
  const fastify = await build(t, { limits: { requestsPerMinute: 2 } })
  const statuses = async (...addresses: string[]) => {
    const found = []
    for (const address of addresses) found.push((await ask(fastify, {}, address)).statusCode)
    return found
  }
  t.same(await statuses('2001:db8::1', '2001:db8::2', '2001:db8::ffff:3'), [200, 200, 429])
  t.same(await statuses('2001:db8:0:1::1'), [200])
  t.same(await statuses('192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207'), [200, 200, 429])
})

t.test('what a proxy header says makes no other client', async t => {
  const fastify = await build(t, { limits: { requestsPerMinute: 3 } })
  let calls = 0
  const { count } = await untilRefused(() =>
    ask(fastify, { 'x-forwarded-for': `198.51.100.${calls++}`, 'x-real-ip': '::1' })
  )
  t.equal(count, 3)
})

t.test('token guessing: a few wrong tokens, and an address is told to wait', async t => {
  const log: string[] = []
  const stream = { write: (line: string) => void log.push(line) }
  const fastify = await build(t, { tokens, logger: { level: 'warn', stream } })
  const { count, response } = await untilRefused(() => ask(fastify, bearer(newToken())))
  const told = log.filter(line => line.includes('tokens are being tried'))
  t.match(told, [/"address":"192\.0\.2\.1"/], 'once')
  t.equal(count, 10)
  checkRefusal(t, response)
  t.equal((await ask(fastify, { authorization: 'Basic eDp5' })).statusCode, 429, 'in whatever way')
  t.equal((await ask(fastify, bearer(newToken()), '192.0.2.2')).statusCode, 401, 'another address may still err')
  t.equal((await ask(fastify, owner.headers)).statusCode, 200, 'who has a token is not locked out by who has none')
  t.equal((await ask(fastify)).statusCode, 401, 'no token is no guess')
})

t.test('token guessing through WebSockets counts, too', async t => {
  const fastify = await build(t, { tokens, limits: { authFailuresPerMinute: 3 } })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const guess = () => openWebSocket(t, url, { 'sec-websocket-protocol': `weft.v1, bearer.${newToken()}` })
  for (let i = 0; i < 3; i++) await t.rejects(guess(), { message: 'refused with 401' })
  await t.rejects(guess(), { message: 'refused with 429' })
  const client = await openWebSocket(t, url, owner.headers)
  t.equal((await client.until(() => true)).type, 'Hello')
})

t.test('0 is no limit', async t => {
  const fastify = await build(t, { tokens, limits: { requestsPerMinute: 0, authFailuresPerMinute: 0 } })
  for (let i = 0; i < 30; i++) t.equal((await ask(fastify, bearer(newToken()))).statusCode, 401)
  const { headers } = await ask(fastify, owner.headers)
  t.notOk(headers['ratelimit-limit'])
})

t.test('the default does not meet who works hard', async t => {
  const fastify = await build(t)
  t.ok(Number((await ask(fastify)).headers['ratelimit-limit']) >= 60_000)
})
