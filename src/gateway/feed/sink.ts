/** One message to a client: an event or a control message. */
export interface Message {
  readonly type: string
  readonly json: string
  /** The cursor from which a client resumes that has received this message. */
  readonly cursor?: string
}

/** Encodes a message for a transport. All clients of a transport have the same function, so that each message is encoded once. */
export type Encoder = (message: Message) => Buffer

export type Transport = 'websocket' | 'sse' | 'ndjson'

/** Receives the messages for one client. */
export interface Sink {
  readonly transport: Transport
  readonly encode: Encoder
  /** The default heartbeat interval of the transport; 0 means never. */
  readonly heartbeatMs: number
  /** Encodes a heartbeat with the cursor, for transports whose heartbeat is not a message. */
  readonly encodeCursor?: (cursor: string) => Buffer
  write(bytes: Buffer): void
  /** Bytes written that the client has not read yet. */
  readonly waitingBytes: number
  /** Resolves when the client is ready for more. */
  drained(): Promise<void>
  /** Closes the stream of a client that is too slow or can't be served now; it can resume with its cursor. */
  evict(): void
  /** Closes the stream because the gateway shuts down. */
  end(): void
  /** Aborted when the client is gone. */
  readonly closed: AbortSignal
}

/** A control message: a message about the stream itself. */
export function control(value: { readonly type: string; readonly [member: string]: unknown }): Message {
  return { type: value.type, json: JSON.stringify(value) }
}
