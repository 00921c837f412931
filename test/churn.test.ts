import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { WebSocket } from 'ws'
import type { Transport } from '../src/gateway/feed/sink.ts'
import { build, launch, shell, until } from './helper.ts'

/*
 * A thousand sessions churn while one WebSocket and one SSE client do not read and fifty others do.
 */

const sessions = 1_000
const atATime = 16
const readers = 50

/** Big events, though `ready` may have 8 KiB, so that what waits for the slow ones soon passes the limit. */
const padding = 'x'.repeat(8_000)

t.test(
  'slow clients are closed, come back and miss nothing, and the others do not notice',
  { timeout: 600_000 },
  async t => {
    const brief = shell(`printf 'READY {"padding":"%s"}\\n' ${padding}`)
    const fastify = await build(t, { apps: { brief } })
    const url = await fastify.listen({ host: '127.0.0.1', port: 0 })
    const port = Number(new URL(url).port)
    await churn(fastify, 50)
    const first = fastify.gateway.store.head + 1
    const total = sessions * 3

    const fast = await Promise.all(Array.from({ length: readers }, () => reader(url, first + total - 1)))
    const slow = await Promise.all([slowClient(port, upgrade), slowClient(port, eventStream)])
    const rssBefore = process.memoryUsage.rss()
    const farewells = (['websocket', 'sse'] as const).map(async (transport, index) => {
      await whenEvicted(fastify, transport)
      return (await slow[index]?.readAll()) ?? ''
    })
    const startedAt = performance.now()
    await churn(fastify, sessions)
    const took = performance.now() - startedAt
    const rssAfter = process.memoryUsage.rss()

    const complete = Array.from({ length: total }, (_, index) => first + index)
    for (const { seqs, done } of fast) {
      await done
      t.equal(seqs.join(), complete.join())
    }
    t.same(fastify.gateway.feed.evicted, { websocket: 1, sse: 1, ndjson: 0 }, 'both slow ones were closed')
    for (const [index, text] of (await Promise.all(farewells)).entries()) {
      t.match(text, /resume with since/, 'and were told why')
      const seen = seqsIn(text)
      t.ok(seen.length < total, `slow client ${index} had ${seen.length} events when it was closed`)
      const rest = await resume(fastify, `${fastify.gateway.store.epoch}.${seen.at(-1) ?? first - 1}`)
      t.equal([...seen, ...rest].join(), complete.join(), 'resumed, it ends with every event')
    }
    t.comment(`${sessions} sessions, ${total} events to ${readers} clients in ${Math.round(took)} ms`)
    t.comment(`gateway and tests: ${mebibytes(rssBefore)} MiB before, ${mebibytes(rssAfter)} MiB after`)
  }
)

async function churn(fastify: FastifyInstance, count: number): Promise<void> {
  let left = count
  const worker = async () => {
    while (left-- > 0) await until(fastify, (await launch(fastify, 'brief')).id, 'stopped')
  }
  await Promise.all(Array.from({ length: atATime }, worker))
}

async function reader(url: string, lastSeq: number): Promise<{ seqs: number[]; done: Promise<void> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/events`)
  const seqs: number[] = []
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    const seq = seqsIn(data.toString('latin1', 0, 100))[0]
    if (seq !== undefined) seqs.push(seq)
    if (seq === lastSeq) socket.terminate()
  })
  socket.on('close', code =>
    seqs.at(-1) === lastSeq ? resolve() : reject(new Error(`a fast client was closed: ${code}`))
  )
  await once(socket, 'open')
  return { seqs, done }
}

function whenEvicted(fastify: FastifyInstance, transport: Transport): Promise<void> {
  return new Promise(resolve => {
    fastify.registry.subscribe(() => {
      if (fastify.gateway.feed.evicted[transport] > 0) resolve()
    })
  })
}

const upgrade = [
  'GET /events HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='
]

const eventStream = ['GET /events HTTP/1.1', 'Host: localhost', 'Accept: text/event-stream']

/** Reads the beginning of the answer, and then nothing until `readAll`, which reads up to the goodbye. */
async function slowClient(port: number, head: readonly string[]): Promise<{ readAll: () => Promise<string> }> {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [beginning] = await once(socket, 'data')
  socket.pause()
  return {
    async readAll() {
      const chunks: Buffer[] = [beginning]
      for await (const chunk of socket) {
        chunks.push(chunk)
        if (chunk.includes('resume with since')) break
      }
      return Buffer.concat(chunks).toString('latin1')
    }
  }
}

function seqsIn(text: string): number[] {
  return Array.from(text.matchAll(/"id":"[^"]+","seq":(\d+)/g), ([, seq]) => Number(seq))
}

async function resume(fastify: FastifyInstance, cursor: string): Promise<number[]> {
  const seqs: number[] = []
  for (let since = cursor; ; ) {
    const page = await fastify.inject({
      url: `/events?since=${since}&limit=1000`,
      headers: { accept: 'application/json' }
    })
    const { items, cursor: next } = page.json()
    seqs.push(...items.map(({ seq }: { seq: number }) => seq))
    if (items.length === 0) return seqs
    since = next
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1_048_576)
}
