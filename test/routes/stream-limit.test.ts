import t from 'tap'
import { open, openNdjson, openSse, openWebSocket } from '../clients.ts'
import { build, shell } from '../helper.ts'
import { holder } from '../tokens.ts'

const [first, second] = [holder('first'), holder('second')]
const apps = { app: shell('echo READY; exec sleep 1000') }

t.test(
  'one token has only so many streams of events and logs; others do not notice, and what ends makes room',
  async t => {
    const fastify = await build(t, {
      apps,
      tokens: [first.entry, second.entry],
      limits: { maxStreamsPerToken: 4 }
    })
    const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
    const headers = { ...first.headers, prefer: 'wait=60' }
    const payload = { appId: 'app' }
    const { id } = (await fastify.inject({ method: 'POST', url: '/sessions', headers, payload })).json()
    const logPath = `/sessions/${id}/logs?follow=true`

    const webSocket = await openWebSocket(t, `${url}/events`, first.headers)
    await openSse(t, `${url}/events`, first.headers)
    await openNdjson(t, `${url}/events`, first.headers)
    const log = await open(t, `${url}${logPath}`, first.headers)

    await t.rejects(openWebSocket(t, `${url}/events`, first.headers), { message: 'refused with 429' })
    for (const [path, accept] of [
      ['/events', 'text/event-stream'],
      ['/events', '*/*'],
      [logPath, 'text/plain']
    ] as const) {
      const refused = await fastify.inject({ url: path, headers: { ...first.headers, accept } })
      t.match(refused.json(), { status: 429, code: 'rate-limited', retryAfterMs: 1_000 }, path)
    }
    const page = { ...first.headers, accept: 'application/json' }
    t.equal((await fastify.inject({ url: '/events', headers: page })).statusCode, 200, 'a page is no stream')
    t.equal((await fastify.inject({ method: 'HEAD', url: '/events', headers: first.headers })).statusCode, 200)
    t.equal((await fastify.inject({ url: `/sessions/${id}/logs`, headers: first.headers })).statusCode, 200)
    const other = await openWebSocket(t, `${url}/events`, second.headers)
    t.equal((await other.until(() => true)).type, 'Hello')

    const before = fastify.connections.count
    webSocket.leave()
    log.request.destroy()
    while (fastify.connections.count > before - 2) await new Promise(setImmediate)
    const again = await openWebSocket(t, `${url}/events`, first.headers)
    t.equal((await again.until(() => true)).type, 'Hello')
    t.equal((await open(t, `${url}${logPath}`, first.headers)).response.statusCode, 200)
  }
)
