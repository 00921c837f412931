import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Registry } from '../registry/registry.ts'
import { type Cursor, formatCursor } from '../store/cursor.ts'
import type { EventLog, RecordedEvent } from '../store/event-log.ts'
import { type EventFilter, type EventTest, eventTest, sessionTest } from './event-filter.ts'

/** One message to a client: an event, or `Hello`, `Snapshot`, `Gap`. */
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
  write(bytes: Buffer): void
  /** Bytes written that the client has not taken yet. */
  readonly waitingBytes: number
  /** Resolves when the client is ready for more. */
  drained(): Promise<void>
  /** The client is too slow; it may come back with its cursor. */
  evict(): void
  /** The gateway is going away. */
  end(): void
  /** Aborted when the client is gone. */
  readonly closed: AbortSignal
}

export interface Following {
  readonly sink: Sink
  readonly filter: EventFilter
  /** Where to go on. Without it the client begins with what is. */
  readonly since?: Cursor | undefined
  readonly heartbeatMs: number
}

/** A client with more than this waiting when more comes is closed: memory is bounded, and nobody silently behind. */
export const maxWaitingBytes = 1_048_576

const pageLength = 500

/**
 * Brings events to clients: first what a client has missed, as fast as it reads, then live. What one turn of the loop
 * brings goes out in one write to each client, and is encoded once, however many they are.
 */
export class Feed {
  /** Names this run of the gateway. */
  readonly serverId = randomUUID()
  readonly #log: EventLog
  readonly #registry: Registry
  readonly #followers = new Set<Follower>()
  readonly #sinks = new Set<Sink>()
  readonly #evicted = { websocket: 0, sse: 0, ndjson: 0 }
  #batch: Message[] = []
  #events: RecordedEvent[] = []

  constructor(registry: Registry, log: EventLog) {
    this.#registry = registry
    this.#log = log
    registry.subscribe(event => this.#publish(event))
  }

  /** How many clients follow, by transport. */
  get clients(): Readonly<Record<Transport, number>> {
    const clients = { websocket: 0, sse: 0, ndjson: 0 }
    for (const { transport } of this.#sinks) clients[transport]++
    return clients
  }

  /** How many clients were too slow so far, by transport. */
  get evicted(): Readonly<Record<Transport, number>> {
    return this.#evicted
  }

  /** Says goodbye to every client, after the last event. */
  close(): void {
    this.#flush()
    for (const sink of this.#sinks) sink.end()
  }

  /** Serves one client until it is gone; resolves when it is live. */
  async follow(following: Following): Promise<void> {
    const { sink } = following
    if (sink.closed.aborted) return
    this.#sinks.add(sink)
    sink.closed.addEventListener('abort', () => this.#sinks.delete(sink), { once: true })
    // Where the log can't be read now the client tries again later.
    await this.#catchUp(following).catch(() => sink.evict())
  }

  async #catchUp({ sink, filter, since, heartbeatMs }: Following): Promise<void> {
    const send = (...messages: Message[]) => sink.write(Buffer.concat(messages.map(sink.encode)))
    const { epoch, head } = this.#log
    const test = eventTest(filter)
    const hello = control({ type: 'Hello', epoch, seq: head, serverId: this.serverId, heartbeatMs })
    const isUsable = since && this.canResume(since)
    if (isUsable) send(hello)
    else send(hello, ...(since ? [control({ type: 'Gap' })] : []), this.#snapshot(filter))
    let seq = isUsable ? since.seq : head
    for (;;) {
      await sink.drained()
      if (sink.closed.aborted) return
      if (seq === this.#log.head) return this.#goLive({ sink, test })
      const page = this.#log.eventsAfter(seq, pageLength)
      if (page[0]?.seq !== seq + 1) {
        // Pruned while the client was reading what came before.
        send(control({ type: 'Gap' }), this.#snapshot(filter))
        seq = this.#log.head
        continue
      }
      const wanted = test ? page.filter(test) : page
      if (wanted.length > 0) send(...wanted.map(event => this.#message(event)))
      seq = page.at(-1)?.seq ?? seq
      await nextTurn()
    }
  }

  /** Are all the events after `cursor` in the log? */
  canResume({ epoch, seq }: Cursor): boolean {
    return epoch === this.#log.epoch && seq <= this.#log.head && seq >= this.#log.tail - 1
  }

  #goLive(follower: Follower): void {
    // What is in the batch already was committed before: the client has it from the log.
    this.#flush()
    this.#followers.add(follower)
    follower.sink.closed.addEventListener('abort', () => this.#followers.delete(follower), { once: true })
  }

  #publish(event: RecordedEvent): void {
    if (this.#events.length === 0) setImmediate(() => this.#flush())
    this.#events.push(event)
    this.#batch.push(this.#message(event))
  }

  #flush(): void {
    const events = this.#events
    const messages = this.#batch
    this.#events = []
    this.#batch = []
    if (events.length === 0) return
    const encoded = new Map<Encoder, { readonly parts: Buffer[]; readonly whole: Buffer }>()
    for (const follower of this.#followers) {
      const { sink, test } = follower
      // Before this batch: a client that has not had a turn yet to take a large one is not slow.
      if (sink.waitingBytes > maxWaitingBytes) {
        this.#evict(follower)
        continue
      }
      const { encode } = sink
      const { parts, whole } = encoded.get(encode) ?? encodeAll(messages, encode)
      encoded.set(encode, { parts, whole })
      const bytes = test ? Buffer.concat(parts.filter((_, index) => test(events[index] as RecordedEvent))) : whole
      if (bytes.length > 0) sink.write(bytes)
    }
  }

  #evict(follower: Follower): void {
    this.#followers.delete(follower)
    this.#evicted[follower.sink.transport]++
    follower.sink.evict()
  }

  #message({ type, seq, json }: RecordedEvent): Message {
    return { type, json, cursor: formatCursor(this.#log.epoch, seq) }
  }

  #snapshot(filter: EventFilter): Message {
    const test = sessionTest(filter)
    const sessions = test ? this.#registry.live.filter(test) : this.#registry.live
    return { ...control({ type: 'Snapshot', sessions }), cursor: formatCursor(this.#log.epoch, this.#log.head) }
  }
}

interface Follower {
  readonly sink: Sink
  readonly test: EventTest | undefined
}

function encodeAll(messages: readonly Message[], encode: Encoder) {
  const parts = messages.map(encode)
  return { parts, whole: Buffer.concat(parts) }
}

function control(value: { readonly type: string; readonly [member: string]: unknown }): Message {
  return { type: value.type, json: JSON.stringify(value) }
}
