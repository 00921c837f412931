import { CursorExpired } from '../errors.ts'
import type { EventStream } from '../feed/event-stream.ts'
import { readHistory } from '../feed/history.ts'
import { readHistoryBefore } from '../feed/history-before.ts'
import type { Sink } from '../feed/sink.ts'
import type { Gateway } from '../gateway.ts'
import { type Cursor, formatCursor } from '../store/cursor.ts'
import type { EventFilter } from '../store/records.ts'
import type { Principal } from './principal.ts'

export type EventQuery = Omit<EventFilter, 'appPatterns'>

/** Receives the messages for a client, and is told when its token is revoked. */
export interface ClientSink extends Sink {
  revoke(): void
}

export type ClientStream = Omit<EventStream, 'sink' | 'filter'> & {
  readonly sink: ClientSink
  readonly query: EventQuery
}

export interface HistoryQuery {
  readonly query: EventQuery
  readonly since?: Cursor | undefined
  readonly limit: number
}

export interface EarlierHistoryQuery extends Omit<HistoryQuery, 'since'> {
  readonly before: Cursor
}

export interface HistoryPage {
  /** Events, each as JSON. */
  readonly items: readonly string[]
  readonly cursor: string
  readonly hasMore: boolean
}

/** The events of the apps that a principal sees. */
export class EventView {
  readonly #parts: Pick<Gateway, 'feed' | 'store'>
  readonly #principal: Principal

  constructor(parts: Pick<Gateway, 'feed' | 'store'>, principal: Principal) {
    this.#parts = parts
    this.#principal = principal
  }

  /** One page. @throws {CursorExpired} */
  async history({ query, since, limit }: HistoryQuery): Promise<HistoryPage> {
    const { feed, store } = this.#parts
    if (since && !feed.canResume(since)) throw new CursorExpired(formatCursor(since.epoch, since.seq))
    const { events, seq } = await readHistory(store, { seq: since?.seq, filter: this.#filter(query), limit })
    const cursor = formatCursor(store.epoch, seq)
    return { items: events.map(({ json }) => json), cursor, hasMore: seq < store.head }
  }

  /** The page before a cursor, whose `cursor` is that for the page before it. @throws {CursorExpired} */
  async historyBefore({ query, before, limit }: EarlierHistoryQuery): Promise<HistoryPage> {
    const { store } = this.#parts
    const { epoch, seq: end } = before
    if (epoch !== store.epoch || end > store.head + 1) throw new CursorExpired(formatCursor(epoch, end))
    const { events, seq } = await readHistoryBefore(store, { seq: end, filter: this.#filter(query), limit })
    const cursor = formatCursor(store.epoch, seq)
    return { items: events.map(({ json }) => json), cursor, hasMore: seq > store.tail }
  }

  /** The cursor after which come the events of `time`, in epoch milliseconds, and later. */
  cursorAt(time: number): Cursor {
    const { store } = this.#parts
    return { epoch: store.epoch, seq: (store.pastEvents.firstSince(time) ?? store.head + 1) - 1 }
  }

  /** Sends events to the client until it disconnects, the gateway closes, or the principal is revoked. */
  follow({ query, sink, ...stream }: ClientStream): void {
    sink.closed.addEventListener(
      'abort',
      this.#principal.onRevoked(() => sink.revoke())
    )
    void this.#parts.feed.serve({ ...stream, sink, filter: this.#filter(query) })
  }

  #filter(query: EventQuery): EventFilter {
    return { ...query, appPatterns: this.#principal.apps }
  }
}
