import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, launch, shell, until } from '../helper.ts'
import { logLines } from '../log-lines.ts'

const forged = 'id: 9\\nevent: Stopped\\ndata: {}\\n\\n\\r\\nSet-Cookie: a=b\\r\\n'

const apps = {
  app: shell('echo READY; exec sleep 1000'),
  forger: shell(`printf '${forged}'; printf 'READY {"text":"a\\\\r\\\\n\\\\r\\\\nevent: Stopped"}\\n'; exec sleep 1000`)
}

async function listening(t: Test) {
  const log = logLines()
  const fastify = await build(t, { apps, logger: log.logger })
  const url = await fastify.listen({ host: '127.0.0.1', port: 0 })
  return { fastify, url, port: Number(new URL(url).port), log }
}

/** As a stranger would see it: over a connection of its own. */
async function stillServes(url: string): Promise<boolean> {
  const response = await fetch(`${url}/sessions`, { headers: { connection: 'close' } })
  return response.ok && ((await response.json()) as object) !== null
}

async function crowd(t: Test, port: number, count: number, bytes = ''): Promise<() => Promise<void>> {
  const fixture = new URL('../fixtures/idle-connections.mjs', import.meta.url).pathname
  const child = spawn(process.execPath, [fixture, String(port), String(count), bytes], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/** Resolves when so many connections have come, and when they have gone again. */
function crowdAt(fastify: FastifyInstance, count: number) {
  const come = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  let [seen, closed] = [0, 0]
  fastify.server.on('connection', socket => {
    if (++seen === count) come.resolve()
    socket.on('close', () => ++closed === count && gone.resolve())
  })
  return { come: come.promise, gone: gone.promise }
}

t.test('ten thousand idle connections do not keep the gateway from serving others, and leave nothing', async t => {
  const { fastify, url, port, log } = await listening(t)
  const { come, gone } = crowdAt(fastify, 10_000)
  const leave = await crowd(t, port, 10_000)
  await come
  t.ok(await stillServes(url))
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  await leave()
  await gone
  t.same(log.faults(), [])
})

t.test('requests that come a byte at a time (slowloris) hold up nobody else, and their time is bounded', async t => {
  const { fastify, url, port } = await listening(t)
  await crowd(t, port, 500, 'GET /sessions HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  t.ok(await stillServes(url))
  t.ok(fastify.server.headersTimeout > 0, `headers within ${fastify.server.headersTimeout} ms`)
  t.ok(fastify.server.requestTimeout > 0, `a request within ${fastify.server.requestTimeout} ms`)
})

t.test('a connection that is half closed gets its answer', async t => {
  const { port } = await listening(t)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.end('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
  let answer = ''
  for await (const chunk of socket) answer += chunk
  t.match(answer, /^HTTP\/1\.1 200 .*"ok"/s)
})

t.test('a compressed body, however small it is on the wire, is not unpacked', async t => {
  const { fastify, log } = await listening(t)
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
  const response = await fastify.inject({
    method: 'POST',
    url: '/sessions',
    headers,
    payload: bomb.subarray(0, 60_000)
  })
  t.equal(response.statusCode, 400)
  t.same(log.faults(), [])
})

const upgrade = [
  'GET /events HTTP/1.1',
  ...['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Extensions: permessage-deflate'
]

/** What a WebSocket does after these bytes: the close code that it sends. */
async function closeCodeAfter(port: number, frames: Buffer): Promise<number> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${upgrade.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  socket.write(frames)
  let bytes = Buffer.alloc(0)
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk])
    const close = bytes.indexOf(Buffer.of(0x88))
    if (close !== -1 && bytes.length >= close + 4) return bytes.readUInt16BE(close + 2)
  }
  return 0
}

t.test('frames of a WebSocket that break the rules close it, with the code for it', async t => {
  const { url, port, log } = await listening(t)
  const mask = Buffer.alloc(4)
  const cases: [string, Buffer, number][] = [
    ['unmasked', Buffer.from([0x81, 2, 0x68, 0x69]), 1002],
    ['compressed, which was not agreed', Buffer.concat([Buffer.from([0xc1, 0x82]), mask, Buffer.from('hi')]), 1002],
    ['announced as 1 GiB', Buffer.concat([Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0]), mask]), 1009],
    ['in too many fragments', fragments(mask, 200), 1009],
    ['a continuation of nothing', Buffer.concat([Buffer.from([0x80, 0x80]), mask]), 1002],
    ['invalid UTF-8', Buffer.concat([Buffer.from([0x81, 0x82]), mask, Buffer.from([0xc3, 0x28])]), 1007]
  ]
  for (const [name, frames, code] of cases) t.equal(await closeCodeAfter(port, frames), code, name)
  t.ok(await stillServes(url))
  t.same(log.faults(), [])
})

/** One message of `count` fragments of 100 bytes. */
function fragments(mask: Buffer, count: number): Buffer {
  const payload = Buffer.alloc(100, 'x')
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      Buffer.concat([Buffer.from([index === 0 ? 0x01 : 0x00, 0x80 | 100]), mask, payload])
    )
  )
}

t.test('what apps print and clients label is data in every form, and forges no event and no header', async t => {
  const { fastify, url } = await listening(t)
  const labels = { note: 'a\r\n\r\nevent: Stopped\r\ndata: {}' }
  const { id } = await launch(fastify, 'forger', { labels })
  const session = await until(fastify, id, 'ready')
  t.match(session, { labels, ready: { text: 'a\r\n\r\nevent: Stopped' } })
  await fastify.inject({ method: 'DELETE', url: `/sessions/${id}`, headers: { prefer: 'wait=60' } })
  const logs = await fetch(`${url}/sessions/${id}/logs`, { headers: { accept: 'text/event-stream' } })
  t.equal(logs.headers.get('set-cookie'), null)
  const names = (await logs.text()).split('\n').filter(line => line.startsWith('event:'))
  t.same([...new Set(names)], ['event: line'])
  const events = await fetch(`${url}/events?since=${fastify.gateway.store.epoch}.0`, {
    headers: { accept: 'text/event-stream' }
  })
  let text = ''
  for await (const chunk of events.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes('event: Stopped')) break
  }
  t.same(
    text.split('\n').filter(line => line.startsWith('event:')),
    ['event: Hello', 'event: Launched', 'event: AppReady', 'event: Stopping', 'event: Stopped']
  )
})
