import { Writable } from 'node:stream'
import t, { type Test } from 'tap'
import { newToken } from '../../src/gateway/access/token.ts'
import { loggerOptions } from '../../src/server/logger.ts'
import { openSse, openWebSocket } from '../clients.ts'
import { build, shell } from '../helper.ts'
import { bearer, holder } from '../tokens.ts'

const owner = holder('owner')
const reader = holder('reader', ['read'], ['none'])
const apps = { env: shell('env; cat /proc/$PPID/environ; cat /proc/$PPID/cmdline; echo; echo READY; exec sleep 1000') }

/** A gateway that logs all it can, and the function that gives its log so far. */
async function logged(t: Test) {
  let log = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    }
  })
  const logger = { ...(loggerOptions('trace') as object), stream }
  const server = { logLevel: 'trace' as const }
  const fastify = await build(t, { apps, server, tokens: [owner.entry, reader.entry], logger })
  return { fastify, log: () => log }
}

t.test('tokens are in no log line and in no problem, however they were sent', async t => {
  const { fastify, log } = await logged(t)
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const secrets = [owner.token, reader.token, newToken()]
  const bodies: string[] = []
  for (const secret of secrets) {
    const calls = [
      { url: '/sessions', headers: bearer(secret) },
      { url: `/sessions?access_token=${secret}`, headers: bearer(secret) },
      { url: `/sessions?access_token=${secret}` },
      { url: `/sessions?${secret}=1`, headers: owner.headers },
      { url: `/events?since=${secret}`, headers: owner.headers },
      { url: `/${secret}`, headers: owner.headers },
      { url: `/apps/${secret}`, headers: owner.headers },
      { url: '/sessions', headers: { authorization: `Basic ${secret}` } },
      { url: '/sessions', headers: { host: secret } },
      { url: '/sessions', headers: { origin: `https://${secret}` } },
      { url: '/sessions', headers: { ...owner.headers, 'x-request-id': secret } },
      { method: 'DELETE' as const, url: '/sessions/1', headers: bearer(secret) }
    ]
    for (const call of calls) bodies.push((await fastify.inject(call)).body)
    const protocols = { 'sec-websocket-protocol': `weft.v1, bearer.${secret}` }
    await openWebSocket(t, `${url}/events`, protocols).catch(() => {})
  }
  t.match(log(), /request refused|incoming request/, 'there was a log')
  for (const secret of secrets) {
    t.notOk(log().includes(secret), 'log')
    t.notOk(bodies.join().includes(secret), 'answers')
  }
  for (const { hash } of [owner.entry, reader.entry]) t.notOk(log().includes(hash.slice(7)), 'nor are hashes logged')
})

t.test('a child and the gateway’s other processes know no token and no hash', async t => {
  const { fastify, log } = await logged(t)
  const headers = { ...owner.headers, prefer: 'wait=60' }
  const launch = { method: 'POST', url: '/sessions', headers, payload: { appId: 'env', labels: { a: 'b' } } } as const
  const launched = await fastify.inject(launch)
  t.equal(launched.statusCode, 201)
  const told = async () => (await fastify.inject({ url: '/sessions/1/logs?tail=1000', headers: owner.headers })).body
  while (!(await told()).includes('READY')) await new Promise(setImmediate)
  const output = await told()
  t.match(output, 'WEFT_SESSION_KEY', 'it told its environment')
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events?since=${fastify.gateway.store.epoch}.0`
  const client = await openSse(t, url, owner.headers)
  await client.until(({ type }) => type === 'AppReady')
  const everything = [output, log(), launched.body, JSON.stringify(client.messages)].join('\n')
  for (const { token, entry } of [owner, reader]) {
    t.notOk(everything.includes(token))
    t.notOk(everything.includes(entry.hash.slice(7)))
  }
})
