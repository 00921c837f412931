import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { Encoder, Message, Sink, Transport } from '../../src/registry/feed.ts'
import { drainOf } from './drain.ts'

/** How a stream of messages looks over plain HTTP. */
export interface StreamFormat {
  readonly transport: Transport
  readonly contentType: string
  readonly encode: Encoder
  /** Sent now and then, so that proxies and readers know that the stream lives. */
  readonly heartbeat?: { readonly bytes: string; readonly everyMs: number }
}

export const ndjson: StreamFormat = {
  transport: 'ndjson',
  contentType: 'application/x-ndjson',
  encode: ({ json }: Message) => Buffer.from(`${json}\n`)
}

/** Server-sent events of the HTML standard. */
export const sse: StreamFormat = {
  transport: 'sse',
  contentType: 'text/event-stream',
  encode: ({ type, json, cursor }: Message) =>
    Buffer.from(`${cursor === undefined ? '' : `id: ${cursor}\n`}event: ${type}\ndata: ${json}\n\n`),
  heartbeat: { bytes: ': \n\n', everyMs: 15_000 }
}

const slow: Message = {
  type: 'Closed',
  json: JSON.stringify({ type: 'Closed', code: 1013, reason: 'resume with since' })
}

/** How long a client may take to read what it was sent before the connection is cut, in milliseconds. */
export const farewellMs = { eviction: 30_000, shutdown: 5_000 }

/** Answers with a stream; what is written to the sink is its body. */
export function streamSink(reply: FastifyReply, format: StreamFormat): Sink {
  const { transport, contentType, encode, heartbeat } = format
  const gone = new AbortController()
  const body = new PassThrough({ highWaterMark: 65_536 })
  body.on('close', () => gone.abort())
  reply.raw.on('close', () => body.destroy())
  reply.raw.socket?.setNoDelay(true)
  reply.headers({ 'content-type': contentType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' }).send(body)
  // A client that was told goodbye may still be reading.
  const write = (bytes: Buffer | string) => {
    if (!body.writableEnded) body.write(bytes)
  }
  const leave = (withinMs: number, lastWords?: Buffer) => {
    body.end(lastWords)
    setTimeout(() => reply.raw.destroy(), withinMs).unref()
  }
  if (heartbeat) {
    const timer = setInterval(() => write(heartbeat.bytes), heartbeat.everyMs)
    gone.signal.addEventListener('abort', () => clearInterval(timer))
  }
  return {
    transport,
    encode,
    closed: gone.signal,
    get waitingBytes() {
      return body.readableLength + body.writableLength + reply.raw.writableLength
    },
    write,
    drained: () => drainOf(body, gone.signal),
    end: () => leave(farewellMs.shutdown),
    evict: () => leave(farewellMs.eviction, encode(slow))
  }
}
