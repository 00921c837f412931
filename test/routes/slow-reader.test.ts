import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { type Client, clientOf, open, openNdjson, openSse, openWebSocket, sseClientOf } from '../clients.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const apps = { app: shell('echo READY; exec sleep 1000') }

/** The most that labels can hold, 32 KiB, which are in all events of the session. */
const labels = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`label${index}`, '😀'.repeat(256)]))

async function serve(t: Test) {
  const fastify = await build(t, { apps })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  return { fastify, url }
}

async function makeEvents(fastify: FastifyInstance) {
  const { id } = await launch(fastify, 'app', { labels })
  await until(fastify, id, 'ready')
  await stop(fastify, id, '?force=true')
  await until(fastify, id, 'stopped')
}

/** However much the buffers of the system take. */
async function makeEventsUntil(fastify: FastifyInstance, isEnough: () => boolean) {
  while (!isEnough()) await Promise.all(Array.from({ length: 8 }, () => makeEvents(fastify)))
}

const isSnapshot = ({ type }: { type: string }) => type === 'Snapshot'

const seqs = (client: Client) => client.events.map(({ seq }) => seq)

const upTo = (head: number, after = 0) => Array.from({ length: head - after }, (_, index) => after + index + 1)

t.test('D32 D33: clients that do not read are closed and resume; those that read do not notice', async t => {
  const { fastify, url } = await serve(t)
  const fast = await Promise.all([openWebSocket, openSse, openNdjson].map(connect => connect(t, url)))
  await Promise.all(fast.map(client => client.until(isSnapshot)))

  const socket = new WebSocket(url.replace('http', 'ws'))
  t.teardown(() => socket.terminate())
  const slowSocket = clientOf(socket)
  await slowSocket.until(isSnapshot)
  socket.pause()
  const { request, response } = await open(t, url, { accept: 'text/event-stream' })
  const slowSse = sseClientOf(request, response)
  await slowSse.until(isSnapshot)
  response.pause()

  await makeEventsUntil(
    fastify,
    () => fastify.gateway.feed.evicted.websocket > 0 && fastify.gateway.feed.evicted.sse > 0
  )
  const { head } = fastify.gateway.store
  for (const client of fast) {
    await client.untilSeq(head)
    t.same(seqs(client), upTo(head), 'a fast client has every event once, in order')
  }

  socket.resume()
  t.same(await slowSocket.closed, { code: 1013, reason: 'resume with since' })
  response.resume()
  t.same(await slowSse.closed, { code: 0, reason: 'ended' }, 'the response is complete')
  t.match(slowSse.messages.at(-1), { type: 'Closed', sseEvent: 'Closed', code: 1013, reason: 'resume with since' })

  for (const [client, connect] of [
    [slowSocket, openWebSocket],
    [slowSse, openSse]
  ] as const) {
    const last = client.events.at(-1)
    const seen = last?.seq ?? 0
    t.ok(seen < head, 'it was behind')
    t.same(seqs(client), upTo(seen), 'but had no gap')
    const again = await connect(t, `${url}?since=${last?.id}`)
    await again.untilSeq(head)
    t.same(seqs(again), upTo(head, seen))
  }
  await makeEvents(fastify)
  for (const client of fast) await client.untilSeq(head + 4)
  t.same(fastify.gateway.feed.evicted, { websocket: 1, sse: 1, ndjson: 0 })
})

t.test('a client that reads slowly what it missed is waited for, and one that goes meanwhile is forgotten', async t => {
  const { fastify, url } = await serve(t)
  // More than the buffers of the system take.
  await makeEventsUntil(fastify, () => fastify.gateway.store.head >= 1_000)
  const since = `${url}?since=${fastify.gateway.store.epoch}.0`
  const paused = async () => {
    const socket = new WebSocket(since.replace('http', 'ws'))
    t.teardown(() => socket.terminate())
    const client = clientOf(socket)
    await once(socket, 'open')
    socket.pause()
    return { socket, client }
  }
  const { socket, client } = await paused()
  const leaving = await paused()
  const other = await openSse(t, since)
  await other.untilSeq(fastify.gateway.store.head)
  leaving.socket.terminate()
  await makeEvents(fastify)
  socket.resume()
  const { head } = fastify.gateway.store
  await client.untilSeq(head)
  t.same(seqs(client), upTo(head))
  t.equal(fastify.gateway.feed.evicted.websocket, 0)
  t.same(fastify.gateway.feed.clients, { websocket: 1, sse: 1, ndjson: 0 })
})
