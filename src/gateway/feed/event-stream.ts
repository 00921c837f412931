import type { Cursor } from '../store/cursor.ts'
import type { EventFilter } from '../store/records.ts'
import type { EventTest } from './event-filter.ts'
import type { Sink } from './sink.ts'

/** A stream of events to one client. */
export interface EventStream {
  readonly sink: Sink
  readonly filter: EventFilter
  /** The cursor to resume from. Without it the stream begins with a snapshot. */
  readonly since?: Cursor | undefined
  /** How often to send a `Heartbeat`; not at all by default. */
  readonly heartbeatMs?: number | undefined
}

/** How far the client of a stream has been served. */
export interface Reader {
  readonly sink: Sink
  readonly filter: EventFilter
  readonly test: EventTest | undefined
  /** The `seq` of the last event sent before it is live; undefined before the first message. */
  seq: number | undefined
}
