import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openNdjson } from '../clients.ts'
import { build, launch, shell, stop, type TestOptions, until } from '../helper.ts'

/** More than the buffers of the system take. */
const flood = 8_000_000

const apps = { flood: shell(`yes ${'x'.repeat(1_000)} | head -c ${flood}; echo READY; exec sleep 1000`) }

/** The most that labels can hold, 32 KiB, which are in the session and in all of its events. */
const labels = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`label${index}`, '😀'.repeat(256)]))

async function serve(t: Test, options: TestOptions) {
  const fastify = await build(t, options)
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const port = Number(new URL(url).port)
  /** A client that has read nothing but the first bytes of its answer. */
  const request = async (path: string, accept: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    t.teardown(() => socket.destroy())
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`)
    await once(socket, 'readable')
    return socket
  }
  const untilStalled = async (count: number) => {
    while (fastify.connectionsClosed.stalled < count) await pause(20)
  }
  return { fastify, url, port, request, untilStalled }
}

/** The system reports progress in steps of up to a third of its buffers, so not too slowly. */
async function readSlowly(socket: Socket, isOver: () => boolean) {
  while (!isOver()) {
    socket.read(32_768)
    await pause(30)
  }
}

t.test('clients that do not read a log are closed and counted, slow ones and those that wait are not', async t => {
  const { fastify, url, request } = await serve(t, { apps, server: { stallTimeoutMs: 3_000 } })
  const { id } = await launch(fastify, 'flood')
  await until(fastify, id, 'ready')
  const waiting = fetch(`${url}/sessions/${id}/wait?for=stopped&timeoutMs=120000`)
  const idle = await request(`/sessions/${id}/logs?tail=1&follow=true`, 'text/plain')
  const log = `/sessions/${id}/logs?tail=100000`
  const slow = await request(log, 'text/plain')
  await request(log, 'text/event-stream')
  await request(`${log}&follow=true`, 'application/x-ndjson')
  const isOver = () => fastify.connectionsClosed.stalled >= 2
  await readSlowly(slow, isOver)
  t.notOk(slow.destroyed)
  await stop(fastify, id)
  t.match(await (await waiting).json(), { state: 'stopped' })
  let rest = ''
  for await (const chunk of idle) rest += chunk
  t.match(rest, /READY.*\r\n0\r\n\r\n$/s, 'a stream without news is not stalled')
  t.equal(fastify.connectionsClosed.stalled, 2)
})

t.test('clients that stall while they catch up with events are closed and counted', async t => {
  const { fastify, url, request, untilStalled } = await serve(t, { server: { stallTimeoutMs: 1_000 } })
  for (let count = 0; count < 150; count++) await launch(fastify, 'app', { labels })
  const idle = await openNdjson(t, `${url}/events?type=Launched`)
  await idle.until(({ type }) => type === 'Snapshot')
  const since = `/events?since=${fastify.gateway.store.epoch}.0`
  await Promise.all(['text/event-stream', 'application/x-ndjson'].map(accept => request(since, accept)))
  await untilStalled(2)
  t.same(fastify.gateway.feed.clients, { websocket: 0, sse: 0, ndjson: 1 })
  const { id } = await launch(fastify, 'app')
  await idle.until(({ session }) => session?.id === id)
})

t.test('a client that does not read answers that are no streams is closed and counted, too', async t => {
  const { fastify, port, untilStalled } = await serve(t, { server: { stallTimeoutMs: 500 } })
  for (let count = 0; count < 50; count++) await launch(fastify, 'app', { labels })
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  t.teardown(() => socket.destroy())
  socket.write('GET /sessions HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(10))
  await untilStalled(1)
})
