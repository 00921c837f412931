import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { WebSocket } from 'ws'
import type { Transport } from '../src/gateway/feed/sink.ts'
import { build, launch, shell, until } from './helper.ts'

/*
 * A thousand sessions or more churn while one WebSocket and one SSE client do not read and fifty others do.
 */

/** More follow where the kernel's buffers take all of their events for a slow client. */
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

    // Clients are served in turn: once the last one has its snapshot, the first ones follow live, and can be too slow.
    const slow = await Promise.all([slowClient(port, upgrade), slowClient(port, eventStream)])
    const fast = await Promise.all(Array.from({ length: readers }, () => reader(url)))
    const rssBefore = process.memoryUsage.rss()
    const farewells = (['websocket', 'sse'] as const).map(async (transport, index) => {
      await whenEvicted(fastify, transport)
      return (await slow[index]?.readAll()) ?? ''
    })
    const startedAt = performance.now()
    await churn(fastify, sessions)
    let launched = sessions
    const { evicted } = fastify.gateway.feed
    for (; evicted.websocket + evicted.sse < slow.length; launched += atATime) await churn(fastify, atATime)
    const total = launched * 3
    const took = performance.now() - startedAt
    const rssAfter = process.memoryUsage.rss()

    const complete = Array.from({ length: total }, (_, index) => first + index)
    for (const { seqs, readTo } of fast) {
      await readTo(first + total - 1)
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
    t.comment(`${launched} sessions, ${total} events to ${readers} clients in ${Math.round(took)} ms`)
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

interface Reader {
  readonly seqs: readonly number[]
  /** Resolves, and leaves, once the event of this `seq` is there. */
  readonly readTo: (seq: number) => Promise<void>
}

async function reader(url: string): Promise<Reader> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/events`)
  const seqs: number[] = []
  const closed = once(socket, 'close')
  socket.on('message', (data: Buffer) => seqs.push(...seqsIn(data.toString('latin1', 0, 100))))
  await once(socket, 'message')
  return {
    seqs,
    async readTo(seq) {
      while ((seqs.at(-1) ?? 0) < seq) {
        await Promise.race([
          once(socket, 'message'),
          closed.then(([code]) => Promise.reject(new Error(`a fast client was closed: ${code}`)))
        ])
      }
      socket.terminate()
    }
  }
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

/** Reads the answer up to the greeting, and then nothing until `readAll`, which reads up to the goodbye. */
async function slowClient(port: number, head: readonly string[]): Promise<{ readAll: () => Promise<string> }> {
  const socket: Socket = connect(port, '127.0.0.1')
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  let beginning = ''
  while (!beginning.includes('"Snapshot"')) beginning += (await once(socket, 'data'))[0].toString('latin1')
  socket.pause()
  return {
    async readAll() {
      const chunks: Buffer[] = [Buffer.from(beginning, 'latin1')]
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
