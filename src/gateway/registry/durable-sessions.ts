import type { Session } from '../../session/session.ts'
import { isStopped } from '../../session/session.ts'
import { SessionNotFound } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Committed, RecordedEvent, SessionQuery, SessionText } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { SessionCounts } from './session-counts.ts'
import { type IsReached, SessionWaits, type WaitOptions } from './session-waits.ts'

/** Called with each event and the session after it. */
export type EventListener = (event: RecordedEvent, session: Session) => void

export interface DurableSessionsParts {
  readonly store: Store
  readonly log: Log
}

/** The durable state of every session. Publishes each change to subscribers, in order, once it is durable. */
export class DurableSessions {
  readonly #store: Store
  readonly #log: Log
  readonly #live = new Map<number, Session>()
  readonly #counts = new SessionCounts()
  readonly #listeners = new Set<EventListener>()
  readonly #waits = new SessionWaits()
  #revision = 0

  constructor({ store, log }: DurableSessionsParts) {
    this.#store = store
    this.#log = log
    for (const { session } of store.live()) this.#keep(session)
  }

  /** Counts of the sessions that are not stopped. */
  get counts(): Pick<SessionCounts, 'live' | 'inState' | 'ofApp'> {
    return this.#counts
  }

  /** A number that differs after each change of a session. */
  get revision(): number {
    return this.#revision
  }

  /** Sessions that are not stopped, in the order of their ids. */
  get live(): readonly Session[] {
    return [...this.#live.values()]
  }

  /** @throws {SessionNotFound} */
  get(id: number): Session {
    const session = this.#live.get(id) ?? this.#store.find(id)
    if (!session) throw new SessionNotFound(id)
    return session
  }

  list(query: SessionQuery): SessionText[] {
    return this.#store.list(query)
  }

  /** Calls `listener` with every event from now on; returns the function that ends it. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves with the session as it is when it is reached or stopped, or else at the timeout or the gateway's end. */
  async waitUntil(id: number, isReached: IsReached, options?: WaitOptions): Promise<Session> {
    return (await this.#waits.until(this.get(id), isReached, options)) ?? this.get(id)
  }

  /** Ends all waits. */
  close(): void {
    this.#waits.close()
  }

  /** Publishes durable changes. */
  take({ session, event }: Committed): void {
    if (!session) return
    this.#keep(session)
    this.#revision++
    if (!event) return
    for (const listener of this.#listeners) this.#tell(listener, event, session)
    this.#waits.changed(session)
  }

  /** A listener that throws does not affect the change or other listeners. */
  #tell(listener: EventListener, event: RecordedEvent, session: Session): void {
    try {
      listener(event, session)
    } catch (err) {
      this.#log.error({ err, sessionId: session.id, seq: event.seq }, 'a subscriber failed at an event')
    }
  }

  #keep(session: Session): void {
    this.#counts.move(this.#live.get(session.id), session)
    if (isStopped(session)) this.#live.delete(session.id)
    else this.#live.set(session.id, session)
  }
}
