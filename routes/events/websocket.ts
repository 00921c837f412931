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

export interface WebSocketOptions {
  /** Called when the client has not read a ping before the next one. It closes the connection. */
  readonly stalled: () => void
}

/**
 * Frames are encoded once for all clients and written to the connection directly; the library, which handles the rest of
 * the protocol, would encode them for each client.
 */
export function webSocketSink(client: WebSocket, { stalled }: WebSocketOptions): ClientSink {
  const gone = new AbortController()
  client.on('close', () => gone.abort())
  const connection = (client as unknown as { readonly _socket: Duplex })._socket
  ping(client, stalled)
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

/** Each ping has a number, since a client can send any pong without having read a ping. */
function ping(client: WebSocket, stalled: () => void): void {
  let sent = 0
  let answered = 0
  client.on('pong', data => {
    if (String(data) === String(sent)) answered = sent
  })
  const timer = setInterval(() => {
    if (answered < sent) stalled()
    else client.ping(String(++sent))
  }, pingMs)
  client.on('close', () => clearInterval(timer))
}
