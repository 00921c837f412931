import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { ClientSink } from '../../src/gateway/access/event-view.ts'
import type { Encoder, Message, Sink, Transport } from '../../src/gateway/feed/sink.ts'
import { drainOf } from './back-pressure.ts'

/** How a stream of messages looks over plain HTTP. */
export interface StreamFormat {
  readonly transport: Transport
  readonly contentType: string
  readonly encode: Encoder
  /** How often something is sent so that proxies and readers know that the stream lives; 0 is never. */
  readonly heartbeatMs: number
  readonly encodeCursor?: Sink['encodeCursor']
}

export const ndjson: StreamFormat = {
  transport: 'ndjson',
  contentType: 'application/x-ndjson',
  encode: ({ json }: Message) => Buffer.from(`${json}\n`),
  heartbeatMs: 0
}

/** Server-sent events of the HTML standard. */
export const sse: StreamFormat = {
  transport: 'sse',
  contentType: 'text/event-stream',
  encode: ({ type, json, cursor }: Message) =>
    Buffer.from(`${cursor === undefined ? '' : `id: ${cursor}\n`}event: ${type}\ndata: ${json}\n\n`),
  heartbeatMs: 15_000,
  // An `id` without `data` is no event to a reader, but is what it will resume from.
  encodeCursor: cursor => Buffer.from(`: \nid: ${cursor}\n\n`)
}

/** Why the gateway closes a stream: the codes of RFC 6455 (7.4.1) and its registry. */
export const closings = {
  slow: { code: 1013, reason: 'resume with since' },
  revoked: { code: 1008, reason: 'the token is not valid any more' }
} as const

const lastWords = (closing: (typeof closings)[keyof typeof closings]): Message => ({
  type: 'Closed',
  json: JSON.stringify({ type: 'Closed', ...closing })
})

/** How long a client may take to read what it was sent before the connection is cut, in milliseconds. */
export const farewellMs = { eviction: 30_000, shutdown: 5_000 }

/** Answers with a stream; what is written to the sink is its body. */
export function streamSink(reply: FastifyReply, format: StreamFormat): ClientSink {
  const { transport, contentType, encode, heartbeatMs, encodeCursor } = format
  const gone = new AbortController()
  const body = new PassThrough({ highWaterMark: 65_536 })
  body.on('close', () => gone.abort())
  reply.raw.on('close', () => body.destroy())
  reply.headers({ 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' }).send(body)
  // A client that was told goodbye may still be reading.
  const write = (bytes: Buffer) => {
    if (!body.writableEnded) body.write(bytes)
  }
  const leave = (withinMs: number, last?: Message) => {
    body.end(last && encode(last))
    setTimeout(() => reply.raw.destroy(), withinMs).unref()
  }
  return {
    transport,
    encode,
    heartbeatMs,
    ...(encodeCursor && { encodeCursor }),
    closed: gone.signal,
    get waitingBytes() {
      return body.readableLength + body.writableLength + reply.raw.writableLength
    },
    write,
    drained: () => drainOf(body, gone.signal),
    end: () => leave(farewellMs.shutdown),
    evict: () => leave(farewellMs.eviction, lastWords(closings.slow)),
    revoke() {
      leave(farewellMs.shutdown, lastWords(closings.revoked))
      gone.abort()
    }
  }
}
