import { GapError } from './errors.ts'
import type { Event, Message } from './event.ts'
import { type Messages, type Subscription, sseMessages } from './event-messages.ts'
import { socketMessages } from './event-socket.ts'
import { type EventFilter, eventFilterNames, filterQuery } from './filters.ts'
import { type Ending, type Following, follow } from './following.ts'
import { type FollowOptions, followOptions, type Link } from './link.ts'
import { checked } from './options.ts'
import { ResumePoint } from './resume-point.ts'
import type { Session } from './session.ts'
import { SilenceWatch } from './silence.ts'
import type { Transport } from './transport.ts'

/** Events that are lost for good: those after the cursor `from`, up to `to`. */
export interface Gap {
  readonly from: string
  readonly to: string
}

export interface EventsOptions extends FollowOptions, EventFilter {
  /** The cursor after which to begin: the `id` of an event, or `eventCursor` of a list. Without it the loop begins with the next event. */
  readonly since?: string | undefined
  /** All sessions that are not stopped: at the start without `since`, and after a gap. */
  readonly onSnapshot?: ((sessions: readonly Session[]) => void) | undefined
  /** Called if events are lost for good, before the snapshot that follows. Without it a gap ends the loop with a {@link GapError}. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /** Server-sent events by default. A WebSocket carries no `headers`. */
  readonly transport?: 'sse' | 'websocket' | undefined
}

const ownOptions = ['since', 'onSnapshot', 'onGap', 'transport', ...eventFilterNames, ...followOptions]

const transports: Record<NonNullable<EventsOptions['transport']>, (subscription: Subscription) => Messages> = {
  sse: sseMessages,
  websocket: socketMessages
}

/** Follows `/events` over as many connections as it takes; yields no event twice. @throws {TypeError | RangeError} */
export function followEvents(transport: Transport, options: EventsOptions): Following<Event> {
  const { since, transport: name = 'sse' } = checked(options, ownOptions)
  const point = new ResumePoint(since)
  if (name === 'websocket') void transport.WebSocket
  return follow(options, link => new Connection({ options, point, link }).events(transport, transports[name]))
}

interface ConnectionParts {
  readonly options: EventsOptions
  readonly point: ResumePoint
  readonly link: Link
}

class Connection {
  readonly #options: EventsOptions
  readonly #point: ResumePoint
  readonly #link: Link
  /** The cursor that could not be resumed from. */
  #gapFrom: string | undefined
  /** While it catches up: the last event that it has missed, and how many have come. */
  #missed: { readonly lastSeq: number; count: number } | undefined

  constructor({ options, point, link }: ConnectionParts) {
    this.#options = options
    this.#point = point
    this.#link = link
  }

  async *events(
    transport: Transport,
    open: (subscription: Subscription) => Messages
  ): AsyncGenerator<Event, Ending, void> {
    const { timeoutMs, headers } = this.#options
    const { cursor: since } = this.#point
    const silence = new SilenceWatch(this.#link.signal)
    try {
      const filters = filterQuery(this.#options)
      for await (const message of open({ transport, since, filters, silence, timeoutMs, headers })) {
        silence.hold()
        if (message.type === 'Hello') silence.expect(message.heartbeatMs)
        if (message.type === 'Closed') return 'lost'
        if (message.type === 'Event') {
          if (this.#point.advance(message.event.id)) yield this.#count(message.event)
        } else this.#control(message)
        this.#caughtUp()
        silence.heard()
      }
      return 'lost'
    } finally {
      silence.release()
    }
  }

  #control(message: Exclude<Message, { type: 'Event' | 'Closed' }>): void {
    switch (message.type) {
      case 'Hello':
        this.#link.answered()
        // With any other cursor a Snapshot follows.
        if (this.#point.cursor === message.cursor) this.#missed = { lastSeq: message.seq, count: 0 }
        return
      case 'Gap':
        this.#missed = undefined
        this.#gapFrom = this.#point.cursor ?? ''
        if (!this.#options.onGap) throw new GapError(this.#gapFrom)
        return
      case 'Snapshot':
        this.#restart(message.cursor, message.sessions)
        return
      case 'Heartbeat':
        this.#point.advance(message.cursor)
    }
  }

  #restart(cursor: string, sessions: readonly Session[]): void {
    if (this.#gapFrom !== undefined) {
      const gap = { from: this.#gapFrom, to: cursor }
      this.#gapFrom = undefined
      this.#link.tell({ state: 'gap', ...gap })
      this.#link.callBack(this.#options.onGap, gap)
    }
    this.#point.cursor = cursor
    this.#link.callBack(this.#options.onSnapshot, sessions)
    this.#link.tell({ state: 'live' })
  }

  #count(event: Event): Event {
    if (this.#missed) this.#missed.count++
    return event
  }

  #caughtUp(): void {
    if (!this.#missed || this.#point.seq < this.#missed.lastSeq) return
    this.#link.tell({ state: 'live', resumed: this.#missed.count })
    this.#missed = undefined
  }
}
