import type { Duplex } from 'node:stream'
import type { WebSocket } from '@fastify/websocket'
import type { ClientSink } from '../../src/gateway/access/event-view.ts'
import type { Message } from '../../src/gateway/feed/sink.ts'
import { drainOf } from './drain.ts'
import { closeTimeoutMs, closings } from './stream.ts'

/** Of RFC 6455 (7.4.1). */
const goingAway = 1001

const pingMs = 30_000

/** An unmasked text frame of RFC 6455 (5.2), whole. */
export function encodeFrame({ json }: Message): Buffer {
  const payload = Buffer.from(json)
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.of(0x81, length), payload])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = 0x81
  header[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/**
 * Frames are encoded once for all clients and written to the connection directly; the library, which handles the rest of
 * the protocol, would encode them for each client.
 */
export function webSocketSink(client: WebSocket): ClientSink {
  const gone = new AbortController()
  client.on('close', () => gone.abort())
  const connection = (client as unknown as { readonly _socket: Duplex })._socket
  ping(client)
  const leave = (code: number, reason: string) => {
    client.close(code, reason)
    setTimeout(() => client.terminate(), closeTimeoutMs.shutdown).unref()
  }
  return {
    transport: 'websocket',
    encode: encodeFrame,
    heartbeatMs: pingMs,
    closed: gone.signal,
    get waitingBytes() {
      return client.bufferedAmount
    },
    write(bytes) {
      if (client.readyState === client.OPEN) connection.write(bytes)
    },
    drained: () => drainOf(connection, gone.signal),
    end: () => leave(goingAway, 'the gateway is shutting down'),
    evict: () => client.close(closings.slow.code, closings.slow.reason),
    revoke() {
      leave(closings.revoked.code, closings.revoked.reason)
      gone.abort()
    }
  }
}

/** Disconnects a client that has not answered a ping before the next. */
function ping(client: WebSocket): void {
  let isAlive = true
  client.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return client.terminate()
    isAlive = false
    client.ping()
  }, pingMs)
  client.on('close', () => clearInterval(timer))
}
