import { dirname, join } from 'node:path'
import type { Session } from '../../session/session.ts'
import { StorageUnavailable } from '../errors.ts'
import { beginRun, endRun, lastKey, newEpoch } from './continuity.ts'
import { Database } from './database.ts'
import { Events } from './events.ts'
import type { HighWaterMark } from './high-water-mark.ts'
import { IdempotencyKeys } from './idempotency-keys.ts'
import { PastEvents } from './past-events.ts'
import type {
  Change,
  Committed,
  Creation,
  EventsPage,
  EventsQuery,
  FactPosition,
  PruneBounds,
  Registration,
  SessionChange,
  SessionQuery,
  SessionText,
  SwitchOfSupervisor
} from './records.ts'
import { SessionPages } from './session-pages.ts'
import { SessionsTable } from './sessions-table.ts'
import { TimedEvents } from './timed-events.ts'

/** How long the result of the last write is used as the answer of {@link Store.isUsable}, in milliseconds. */
const probedForMs = 1_000
const setFactSeq = "UPDATE meta SET value = ? WHERE name = 'factSeq'"

/**
 * Durable sessions, events, idempotency keys and fact positions, in a SQLite file. A change is durable when its promise
 * resolves. Every method can throw {@link StorageUnavailable}.
 */
export class Store {
  /** The name of the event log in cursors: a new state folder has a new one, and so has a log that lost events. */
  readonly epoch: string
  /** Why the event log got a new epoch at this start; undefined if it kept the old one. */
  readonly newEpochBecause: string | undefined
  /** The latest time of earlier runs, in epoch milliseconds: that of {@link keepTime}, or of an event. */
  readonly lastTime: number | undefined
  readonly idempotencyKeys: IdempotencyKeys
  readonly pastEvents: PastEvents
  readonly sessionPages: SessionPages
  readonly timedEvents: TimedEvents
  readonly #database: Database
  readonly #markPath: string
  readonly #mark: HighWaterMark
  readonly #events: Events
  readonly #sessions: SessionsTable
  #head: number
  #lastSessionId: number
  #position: FactPosition
  #writtenAt = Number.NEGATIVE_INFINITY
  #isWritable = true

  /** @throws {StorageUnavailable} if the file is not a database of weft-gateway, too new, or not writable. */
  constructor(path: string) {
    this.#database = new Database(path, newEpoch)
    this.#markPath = join(dirname(path), 'gateway.mark')
    const { mark, newEpochBecause } = beginRun(this.#database, this.#markPath)
    this.#mark = mark
    this.newEpochBecause = newEpochBecause
    const meta = Object.fromEntries(
      this.#database.all('SELECT name, value FROM meta').map(({ name, value }) => [name, value])
    )
    this.epoch = String(meta.epoch)
    this.idempotencyKeys = new IdempotencyKeys(
      this.#database,
      meta.keyTime === undefined ? undefined : Number(meta.keyTime)
    )
    this.#sessions = new SessionsTable(this.#database)
    this.#events = new Events(this.#database, this.epoch)
    this.sessionPages = new SessionPages(this.#database)
    this.timedEvents = new TimedEvents(this.#database)
    this.pastEvents = new PastEvents(this.#database, this.epoch)
    this.lastTime = meta.time === undefined ? this.#events.lastTime : Number(meta.time)
    this.#position = {
      acknowledged: Number(meta.factSeq ?? 0),
      lastSessionBefore: Number(meta.lastSessionBefore ?? 0),
      ...(meta.instance && { instance: meta.instance })
    }
    this.#head = lastKey(this.#database, 'events')
    this.#lastSessionId = lastKey(this.#database, 'sessions')
  }

  /** The `seq` of the newest event, 0 before the first. */
  get head(): number {
    return this.#head
  }

  /** The `seq` of the oldest event kept; `head + 1` if there is none. */
  get tail(): number {
    return this.#events.tail ?? this.#head + 1
  }

  /** The id of the newest session, removed ones included. */
  get lastSessionId(): number {
    return this.#lastSessionId
  }

  /** A number that differs after each write. */
  get revision(): number {
    return this.#database.transactions
  }

  get position(): FactPosition {
    return this.#position
  }

  /** Commits all of the changes, in order, or none. */
  async commit(changes: readonly Change[]): Promise<readonly Committed[]> {
    const before = { head: this.#head, lastSessionId: this.#lastSessionId, position: this.#position }
    try {
      if (changes.some(({ verb }) => verb === 'create')) this.#database.requireUndamaged()
      let committed: readonly Committed[] = []
      this.#write(() => {
        committed = changes.map(change => this.#apply(change))
        // Once for all facts of the transaction.
        if (this.#position !== before.position) this.#database.run(setFactSeq, this.#position.acknowledged)
      })
      if (this.#head !== before.head) this.#mark.advance(this.#head)
      return committed
    } catch (error) {
      this.#head = before.head
      this.#lastSessionId = before.lastSessionId
      this.#position = before.position
      throw error
    }
  }

  /** The sessions that are not stopped. */
  live(): Registration[] {
    return this.#sessions.live()
  }

  find(id: number): Session | undefined {
    return this.#sessions.find(id)
  }

  /** The unique key of a session. */
  keyOf(id: number): string | undefined {
    return this.#sessions.keyOf(id)
  }

  list(query: SessionQuery): SessionText[] {
    return this.#sessions.list(query)
  }

  /** At most `limit` events after `seq`, oldest first. Bounded work: there can be more events than it returns. */
  eventsAfter(seq: number, query: EventsQuery): EventsPage {
    const page = this.#events.after(seq, query)
    return { ...page, seq: Math.min(page.seq, this.#head) }
  }

  /** Keeps the time for the next start, and that by which keys age. */
  keepTime(time: number): void {
    const values = [time, this.idempotencyKeys.now]
    this.#write(() =>
      this.#database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('time', ?), ('keyTime', ?)", ...values)
    )
  }

  /** Removes old events, the oldest first, a bounded number at a time. Returns how many. */
  pruneEvents(bounds: PruneBounds): number {
    return this.#events.prune(bounds, this.#head)
  }

  /** Removes old stopped sessions, likewise. Returns their ids. */
  pruneSessions(bounds: PruneBounds): number[] {
    return this.#sessions.prune(bounds)
  }

  /** Would a launch and a list succeed? */
  isUsable(): boolean {
    try {
      this.#database.requireIntact()
      if (performance.now() - this.#writtenAt < probedForMs) return this.#isWritable
      this.#write(() =>
        this.#database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('checkedAt', ?)", Date.now())
      )
      return true
    } catch {
      return false
    }
  }

  close(): void {
    try {
      endRun(this.#database, this.#markPath, this.#mark)
    } catch {
      // The next start treats this as a crash.
    }
    this.#mark.close()
    this.#database.close()
  }

  /** Within a transaction. */
  #apply(change: Change): Committed {
    switch (change.verb) {
      case 'create':
        this.#create(change)
        break
      case 'advance':
        this.#sessions.update(change)
        this.#acknowledge(change.factSeq)
        break
      case 'switchSupervisor':
        this.#switchSupervisor(change)
        return {}
      default:
        change satisfies never
    }
    return this.#record(change)
  }

  /** A change can include an earlier fact of its session, and come after later facts of other sessions. */
  #acknowledge(factSeq = 0): void {
    const { acknowledged } = this.#position
    if (factSeq > acknowledged) this.#position = { ...this.#position, acknowledged: factSeq }
  }

  #create(change: Creation): void {
    const { session, idempotencyKey } = change
    this.#lastSessionId = session.id
    this.#mark.reserve(session.id)
    this.#sessions.insert(change)
    if (idempotencyKey) this.idempotencyKeys.bind(idempotencyKey, session.id)
  }

  /** Removes the environments of sessions that may have been passed on to the previous supervisor. */
  #switchSupervisor({ instance, lastSessionBefore, forgetsQueuedEnvs }: SwitchOfSupervisor): void {
    const values = "('instance', ?), ('lastSessionBefore', ?)"
    this.#database.run(`INSERT OR REPLACE INTO meta (name, value) VALUES ${values}`, instance, lastSessionBefore)
    this.#sessions.forgetQueuedEnvs(forgetsQueuedEnvs)
    this.#position = { instance, acknowledged: 0, lastSessionBefore }
  }

  #record(change: SessionChange): Committed {
    const { session } = change
    const event = this.#events.append(change, this.#head + 1)
    if (!event) return { session }
    this.#head = event.seq
    return { session, event }
  }

  /** Remembers the result for {@link Store.isUsable}. */
  #write(write: () => void): void {
    this.#writtenAt = performance.now()
    this.#isWritable = false
    this.#database.transaction(write)
    this.#isWritable = true
  }
}
