import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { StorageUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import { type Cursor, formatCursor } from '../store/cursor.ts'
import type { RecordedEvent } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { Batch } from './batch.ts'
import { eventTest } from './event-filter.ts'
import type { EventStream, Reader } from './event-stream.ts'
import { control, type Message, type Sink, type Transport } from './sink.ts'
import { allowedWaitingBytes, maxWaitingBytes } from './slow-clients.ts'
import { Snapshots } from './snapshots.ts'

const pageLength = 500

export interface FeedParts {
  readonly sessions: DurableSessions
  readonly store: Store
  readonly log: Log
}

/**
 * Sends events to clients: first those that a client has missed, as fast as it reads, then live ones. The events of one
 * transaction are encoded once for all clients, and sent to each in one write.
 */
export class Feed {
  /** Identifies this run of the gateway. */
  readonly serverId = randomUUID()
  readonly #store: Store
  readonly #log: Log
  readonly #snapshots: Snapshots
  readonly #sinks = new Set<Sink>()
  readonly #live = new Set<Reader>()
  readonly #evicted = { websocket: 0, sse: 0, ndjson: 0 }
  readonly #failed = { websocket: 0, sse: 0, ndjson: 0 }
  #turns: Promise<void> = Promise.resolve()
  #batch = new Batch()
  /** The `seq` of the last event sent to live clients. */
  #lastSent: number

  constructor({ sessions, store, log }: FeedParts) {
    this.#store = store
    this.#log = log
    this.#snapshots = new Snapshots(sessions)
    this.#lastSent = store.head
    sessions.subscribe(event => this.#publish(event))
  }

  /** How many clients there are, by transport. */
  get clients(): Readonly<Record<Transport, number>> {
    const clients = { websocket: 0, sse: 0, ndjson: 0 }
    for (const { transport } of this.#sinks) clients[transport]++
    return clients
  }

  /** How many clients have been closed because they were too slow, by transport. */
  get evicted(): Readonly<Record<Transport, number>> {
    return this.#evicted
  }

  /** How many clients have been closed because of an error of the gateway, by transport. */
  get failed(): Readonly<Record<Transport, number>> {
    return this.#failed
  }

  /** Closes every stream after the last event. */
  close(): void {
    this.#flush()
    for (const sink of this.#sinks) sink.end()
  }

  /** Begins to serve a client; resolves once it is live, or closed before that. */
  async serve(stream: EventStream): Promise<void> {
    const { sink, filter, heartbeatMs } = stream
    if (sink.closed.aborted) return
    const reader: Reader = { sink, filter, test: eventTest(filter), seq: undefined }
    this.#sinks.add(sink)
    const everyMs = heartbeatMs ?? (sink.encodeCursor ? sink.heartbeatMs : 0)
    const timer =
      everyMs > 0 ? setInterval(() => this.#sendHeartbeat(reader, heartbeatMs !== undefined), everyMs) : undefined
    const leave = () => {
      clearInterval(timer)
      this.#sinks.delete(sink)
      this.#live.delete(reader)
    }
    sink.closed.addEventListener('abort', leave, { once: true })
    try {
      await this.#catchUp(reader, stream)
    } catch (error) {
      this.#fail(reader, error as Error)
    }
  }

  /** Are all the events after `cursor` in the log? */
  canResume({ epoch, seq }: Cursor): boolean {
    return epoch === this.#store.epoch && seq <= this.#store.head && seq >= this.#store.tail - 1
  }

  async #catchUp(reader: Reader, stream: EventStream): Promise<void> {
    const { sink, filter, test } = reader
    await this.#turn()
    if (sink.closed.aborted) return
    this.#sendHello(reader, stream)
    for (;;) {
      await sink.drained()
      await this.#turn()
      if (sink.closed.aborted) return
      const { epoch, head } = this.#store
      const seq = reader.seq ?? head
      if (!this.canResume({ epoch, seq })) {
        // The next events were pruned while the client was reading earlier ones.
        this.#restart(reader)
        continue
      }
      if (seq === head) return this.#goLive(reader, stream)
      const page = this.#store.eventsAfter(seq, { limit: pageLength, filter })
      const wanted = test ? page.events.filter(test) : page.events
      if (wanted.length > 0) sink.write(Buffer.concat(wanted.map(event => sink.encode(this.#message(event)))))
      reader.seq = page.seq
    }
  }

  #sendHello(reader: Reader, { since, heartbeatMs }: EventStream): void {
    const { sink } = reader
    const { epoch, head } = this.#store
    const isUsable = since && this.canResume(since)
    const hello = control({
      type: 'Hello',
      epoch,
      seq: head,
      cursor: formatCursor(epoch, isUsable ? since.seq : head),
      time: new Date().toISOString(),
      serverId: this.serverId,
      heartbeatMs: heartbeatMs ?? sink.heartbeatMs
    })
    sink.write(sink.encode(hello))
    if (isUsable) reader.seq = since.seq
    else if (since) this.#restart(reader)
    else this.#sendSnapshot(reader)
  }

  #restart(reader: Reader): void {
    const { sink } = reader
    sink.write(sink.encode(control({ type: 'Gap' })))
    this.#sendSnapshot(reader)
  }

  #sendSnapshot(reader: Reader): void {
    const { sink, filter } = reader
    const { epoch, head } = this.#store
    sink.write(this.#snapshots.encode(filter, formatCursor(epoch, head), sink.encode))
    reader.seq = head
  }

  /** Each client gets its own turn of the event loop, so that many clients do not block other work. */
  #turn(): Promise<void> {
    this.#turns = this.#turns.then(() => nextTurn())
    return this.#turns
  }

  #goLive(reader: Reader, { since, heartbeatMs }: EventStream): void {
    // The events in the current batch were committed before: the client gets them from the log.
    this.#flush()
    this.#live.add(reader)
    // The filter may have left out the newest events: the client learns that it has missed no more.
    if (since && reader.test) this.#sendHeartbeat(reader, heartbeatMs !== undefined)
  }

  #publish(event: RecordedEvent): void {
    // After the other events of the transaction, and after the answers to the requests that caused them.
    if (this.#batch.isEmpty) process.nextTick(() => this.#flush())
    this.#batch.add(event, this.#message(event))
  }

  #flush(): void {
    const batch = this.#batch
    if (batch.isEmpty) return
    this.#batch = new Batch()
    this.#lastSent = batch.lastSeq ?? this.#lastSent
    const allowedBytes = allowedWaitingBytes(this.#live, this.#live.size)
    for (const reader of this.#live) {
      try {
        this.#send(reader, batch, allowedBytes)
      } catch (error) {
        this.#fail(reader, error as Error)
      }
    }
  }

  #send(reader: Reader, batch: Batch, allowedBytes: number): void {
    const { sink, test } = reader
    // Checked before the batch is written: one large batch does not make a client slow.
    if (sink.waitingBytes > allowedBytes) {
      this.#evict(reader)
      return
    }
    const bytes = batch.encode(sink.encode, test)
    if (bytes.length > 0) sink.write(bytes)
  }

  /** The cursor also advances past events that the filter leaves out. */
  #sendHeartbeat(reader: Reader, isRequested: boolean): void {
    const { sink } = reader
    const isLive = this.#live.has(reader)
    if (isLive) this.#flush()
    const seq = isLive ? this.#lastSent : reader.seq
    if (seq === undefined || sink.waitingBytes > maxWaitingBytes) return
    const cursor = formatCursor(this.#store.epoch, seq)
    const time = new Date().toISOString()
    if (isRequested) sink.write(sink.encode({ ...control({ type: 'Heartbeat', cursor, time }), cursor }))
    else if (sink.encodeCursor) sink.write(sink.encodeCursor(cursor))
  }

  #evict(reader: Reader): void {
    this.#live.delete(reader)
    this.#evicted[reader.sink.transport]++
    reader.sink.evict()
  }

  #fail(reader: Reader, err: Error): void {
    const { transport } = reader.sink
    this.#live.delete(reader)
    this.#failed[transport]++
    const level = err instanceof StorageUnavailable ? 'warn' : 'error'
    this.#log[level]({ err, transport }, 'closed a client because of an error; it can resume')
    reader.sink.evict()
  }

  #message({ type, seq, json }: RecordedEvent): Message {
    return { type, json, cursor: formatCursor(this.#store.epoch, seq) }
  }
}
