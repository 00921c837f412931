import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { ClientSink } from '../../src/gateway/access/event-view.ts'
import type { Encoder, Message, Sink, Transport } from '../../src/gateway/feed/sink.ts'
import { drainOf } from './drain.ts'

/** The format of a stream of messages over plain HTTP. */
export interface StreamFormat {
  readonly transport: Transport
  readonly contentType: string
  readonly encode: Encoder
  /** How often a heartbeat is sent by default, in milliseconds; 0 means never. */
  readonly heartbeatMs: number
  readonly encodeCursor?: Sink['encodeCursor']
  /** Before the first message. */
  readonly begin?: () => string
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
  begin: () => `${retryField()}\n`,
  // An `id` without `data` is not an event, but a reader resumes from it.
  encodeCursor: cursor => Buffer.from(`: \nid: ${cursor}\n\n`)
}

/**
 * The field of server-sent events that says after how long an EventSource reconnects: soon, and at different times for
 * different clients, so that those of a restarted gateway do not come all at once.
 */
export function retryField(): string {
  return `retry: ${1_000 + Math.floor(Math.random() * 2_000)}\n`
}

/** Why the gateway closes a stream: the codes of RFC 6455 (7.4.1) and its registry. */
export const closings = {
  slow: { code: 1013, reason: 'resume with since' },
  revoked: { code: 1008, reason: 'the token is not valid any more' }
} as const

const closedMessage = (closing: (typeof closings)[keyof typeof closings]): Message => ({
  type: 'Closed',
  json: JSON.stringify({ type: 'Closed', ...closing })
})

/** How long a client can take to read the rest before the connection is destroyed, in milliseconds. */
export const closeTimeoutMs = { eviction: 30_000, shutdown: 1_000 }

/** Answers with a stream; what is written to the sink is its body. */
export function streamSink(reply: FastifyReply, format: StreamFormat): ClientSink {
  const { transport, contentType, encode, heartbeatMs, encodeCursor, begin } = format
  const gone = new AbortController()
  const body = new PassThrough({ highWaterMark: 65_536 })
  body.on('close', () => gone.abort())
  reply.raw.on('close', () => body.destroy())
  reply.headers({ 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' }).send(body)
  if (begin) body.write(begin())
  // A closed client may still be reading.
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
    end: () => leave(closeTimeoutMs.shutdown),
    evict: () => leave(closeTimeoutMs.eviction, closedMessage(closings.slow)),
    revoke() {
      leave(closeTimeoutMs.shutdown, closedMessage(closings.revoked))
      gone.abort()
    }
  }
}
