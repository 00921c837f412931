/** One message to a client: an event, or what a stream tells about itself. */
export interface Message {
  readonly type: string
  readonly json: string
  /** Where a client goes on that has got this message. */
  readonly cursor?: string
}

/** Turns a message into bytes of a transport. The same function for all clients of a transport, so that each message is encoded once. */
export type Encoder = (message: Message) => Buffer

export type Transport = 'websocket' | 'sse' | 'ndjson'

/** Where the messages for one client go. */
export interface Sink {
  readonly transport: Transport
  readonly encode: Encoder
  /** How often the transport gives a sign of life, where the client has not asked for another interval; 0 is never. */
  readonly heartbeatMs: number
  /** A sign of life with the cursor, for transports that have one which is no message. */
  readonly encodeCursor?: (cursor: string) => Buffer
  write(bytes: Buffer): void
  /** Bytes written that the client has not taken yet. */
  readonly waitingBytes: number
  /** Resolves when the client is ready for more. */
  drained(): Promise<void>
  /** The client is too slow, or can't be served now; it may come back with its cursor. */
  evict(): void
  /** The gateway is going away. */
  end(): void
  /** Aborted when the client is gone. */
  readonly closed: AbortSignal
}

/** What a stream tells about itself. */
export function control(value: { readonly type: string; readonly [member: string]: unknown }): Message {
  return { type: value.type, json: JSON.stringify(value) }
}
