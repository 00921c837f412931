import type { Duplex } from 'node:stream'
import type { WebSocket } from '@fastify/websocket'
import type { Message, Sink } from '../../src/registry/feed.ts'
import { drainOf } from './drain.ts'
import { farewellMs } from './stream.ts'

// Close codes of RFC 6455 (7.4.1) and its registry.
const goingAway = 1001
const tryAgainLater = 1013

export const heartbeatMs = 30_000

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
 * Frames are made once for all clients and written to the connection itself; the library, which sees to the rest of the
 * protocol, would make them anew for each.
 */
export function webSocketSink(client: WebSocket): Sink {
  const gone = new AbortController()
  client.on('close', () => gone.abort())
  const connection = (client as unknown as { readonly _socket: Duplex })._socket
  ping(client)
  return {
    transport: 'websocket',
    encode: encodeFrame,
    closed: gone.signal,
    get waitingBytes() {
      return client.bufferedAmount
    },
    write(bytes) {
      if (client.readyState === client.OPEN) connection.write(bytes)
    },
    drained: () => drainOf(connection, gone.signal),
    end() {
      client.close(goingAway, 'the gateway is shutting down')
      setTimeout(() => client.terminate(), farewellMs.shutdown).unref()
    },
    evict: () => client.close(tryAgainLater, 'resume with since')
  }
}

/** A peer that does not answer one ping before the next is dead. */
function ping(client: WebSocket): void {
  let isAlive = true
  client.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return client.terminate()
    isAlive = false
    client.ping()
  }, heartbeatMs)
  client.on('close', () => clearInterval(timer))
}
