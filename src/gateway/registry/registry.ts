import { randomUUID } from 'node:crypto'
import type { LostTree, StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { Fact } from '../../protocol/fact.ts'
import { isStopped, type Labels, type Session } from '../../session/session.ts'
import { begin, type Input, transition } from '../../session/transition.ts'
import { StorageUnavailable } from '../errors.ts'
import type { IdempotencyKey } from '../store/idempotency-keys.ts'
import type { Advance, Change, Committed, FactPosition, LaunchEnv, Registration } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { DurableSessions } from './durable-sessions.ts'
import { SessionCounts } from './session-counts.ts'

/** A launch that has passed all checks. */
export interface AdmittedLaunch {
  readonly appId: string
  readonly labels: Labels
  /** Given if the session is to be queued: the environment of its launch, which is kept until its app is spawned. */
  readonly queuedEnv?: LaunchEnv
  /** The idempotency key of the launch. */
  readonly idempotencyKey?: IdempotencyKey | undefined
}

/** Passes a stop order on to the supervisor. */
export type StopPort = (key: string, order: StopOrder) => void

/** The result for a fact: a repeated one was recorded before; one of an unknown session can't be recorded. */
export type FactOutcome = 'recorded' | 'repeated' | 'unknownSession'

/** Sessions without a supervisor: those that one ran, and those that were never passed to one. */
export interface LostTrees {
  readonly lost: readonly LostTree[]
  readonly neverLaunched: readonly LostTree[]
}

export interface RegistryParts {
  readonly store: Store
  readonly sessions: DurableSessions
  readonly stop: StopPort
}

/**
 * The one writer of the states of sessions. It applies a change in memory at once and passes changes to the store in
 * order; {@link DurableSessions} publishes them when they are durable. A change that can't be written is undone.
 */
export class Registry {
  readonly #parts: RegistryParts
  readonly #live = new Map<number, Entry>()
  readonly #byKey = new Map<string, Entry>()
  readonly #counts = new SessionCounts()
  #lastId: number
  #position: FactPosition
  /** Settles with the latest change. */
  #writing: Promise<unknown> = Promise.resolve()

  constructor(parts: RegistryParts) {
    const { store } = parts
    this.#parts = parts
    this.#lastId = store.lastSessionId
    this.#position = store.position
    for (const known of store.live()) {
      const entry = new Entry(known)
      entry.durable = known.session
      this.#decide(entry, known.session)
    }
  }

  /** Counts of the sessions that are not stopped, changes included that are not durable yet. */
  get counts(): Pick<SessionCounts, 'live' | 'inState' | 'ofApp'> {
    return this.#counts
  }

  /** The sessions that are not stopped, changes included that are not durable yet. */
  get registrations(): readonly Registration[] {
    return [...this.#live.values()]
  }

  /** A new session, `queued` or `starting`. @throws {StorageUnavailable} */
  async register({ appId, labels, queuedEnv, idempotencyKey }: AdmittedLaunch): Promise<Registration> {
    const time = Date.now()
    const state = queuedEnv ? 'queued' : 'starting'
    const { session, event } = begin({ id: ++this.#lastId, appId, state, labels }, time)
    const key = randomUUID()
    const entry = new Entry({ session, key, queuedEnv })
    this.#decide(entry, session)
    await this.#write(entry, { verb: 'create', session, event, time, key, idempotencyKey, queuedEnv })
    return entry
  }

  /**
   * Stops a session. A repeated stop changes nothing, except that `force` shortens a graceful one.
   * @throws {SessionNotFound | StorageUnavailable}
   */
  async terminate(id: number, request: StopRequest, { force = false } = {}): Promise<Session> {
    const entry = this.#live.get(id)
    if (!entry) return this.#parts.sessions.get(id)
    const input: Input = { type: 'stop', time: Date.now(), ...request }
    try {
      await this.#advance(entry, input, { stopRequest: entry.stopOrder?.request ?? request })
    } catch (error) {
      // A stop must also work with a full disk. The state follows with the supervisor's facts; a queued session has none,
      // and nothing to stop.
      const runs = entry.durable && entry.durable.state !== 'queued'
      if (!(error instanceof StorageUnavailable) || !runs) throw error
    }
    if (isStopped(entry.session)) return entry.session
    const order = stopOrder(entry.stopOrder, request, force)
    if (order !== entry.stopOrder) this.#parts.stop(entry.key, order)
    entry.stopOrder = order
    return entry.session
  }

  /** Applies an input of the gateway itself to a session. @throws {StorageUnavailable} */
  async apply(id: number, input: Input): Promise<void> {
    const entry = this.#live.get(id)
    if (entry) await this.#advance(entry, input)
  }

  /** The session with this key, if it is not stopped. */
  findLive(key: string): Session | undefined {
    return this.#byKey.get(key)?.session
  }

  /** Applies a fact of the supervisor to its session; a repeated fact changes nothing. @throws {StorageUnavailable} */
  async record({ seq, key, input, leader }: Fact): Promise<FactOutcome> {
    if (seq <= this.#position.acknowledged) return 'repeated'
    const entry = this.#byKey.get(key)
    if (!entry) return 'unknownSession'
    const position = this.#position
    this.#position = { ...position, acknowledged: seq }
    try {
      await this.#advance(entry, input, { factSeq: seq, leader })
    } catch (error) {
      if (this.#position.acknowledged === seq) this.#position = position
      throw error
    }
    return 'recorded'
  }

  /** The supervisor instance whose facts are recorded, and the number of the last durable one. */
  get position(): FactPosition {
    return this.#parts.store.position
  }

  /** Records that facts now come from another supervisor instance. @throws {StorageUnavailable} */
  async switchSupervisor(instance: string): Promise<void> {
    const { store } = this.#parts
    this.#position = { instance, acknowledged: 0, lastSessionBefore: this.#lastId }
    // The previous supervisor may have run the sessions that were passed on to it.
    for (const entry of this.#live.values()) if (entry.session.state !== 'queued') entry.queuedEnv = undefined
    try {
      await this.#inTurn(() => store.switchSupervisor(instance))
    } catch (error) {
      this.#position = store.position
      throw error
    }
  }

  /** The trees of live sessions that the supervisor should know and does not: lost ones, and ones that were never launched. */
  treesExcept(known: ReadonlySet<string>): LostTrees {
    const trees = { lost: [] as LostTree[], neverLaunched: [] as LostTree[] }
    for (const { session, key, leader, queuedEnv } of this.#live.values()) {
      if (known.has(key) || queuedEnv) continue
      const wasLaunched = leader !== undefined || session.id <= this.#position.lastSessionBefore
      trees[wasLaunched ? 'lost' : 'neverLaunched'].push({ key, ...(leader && { leader }) })
    }
    return trees
  }

  async #advance(entry: Entry, input: Input, cause: Pick<Advance, 'factSeq' | 'leader' | 'stopRequest'> = {}) {
    const { session, event } = transition(entry.session, input)
    // A session that a supervisor has reported need not be launched again.
    const isSettled = cause.factSeq !== undefined || isStopped(session)
    const forgetsQueuedEnv = isSettled && entry.queuedEnv !== undefined
    this.#decide(entry, session)
    if (cause.leader) entry.leader = cause.leader
    await this.#write(entry, { verb: 'advance', session, event, time: input.time, forgetsQueuedEnv, ...cause })
    if (isSettled) entry.queuedEnv = undefined
  }

  async #write(entry: Entry, change: Change): Promise<void> {
    const { undone } = entry
    await this.#inTurn(async () => {
      if (entry.undone !== undone) throw new StorageUnavailable('A change before this one could not be written.')
      for (const committed of await this.#commit(entry, change)) this.#parts.sessions.take(committed)
    })
  }

  async #commit(entry: Entry, change: Change): Promise<readonly Committed[]> {
    try {
      const committed = await this.#parts.store.commit([change])
      entry.durable = change.session
      return committed
    } catch (error) {
      // Later changes of the session that are not written yet fail with it.
      entry.undone++
      this.#decide(entry, entry.durable)
      throw error
    }
  }

  /** Changes are written in the order in which they were made. */
  #inTurn(write: () => Promise<void>): Promise<void> {
    const writing = this.#writing.then(write)
    this.#writing = writing.catch(() => {})
    return writing
  }

  /** @param session undefined if there was never a durable one */
  #decide(entry: Entry, session: Session | undefined): void {
    const { id } = entry.session
    this.#counts.move(this.#live.get(id)?.session, session)
    if (session) entry.session = session
    if (session && !isStopped(session)) {
      this.#live.set(id, entry)
      this.#byKey.set(entry.key, entry)
    } else {
      this.#live.delete(id)
      this.#byKey.delete(entry.key)
    }
  }
}

/** A session in memory, possibly ahead of the store. */
class Entry implements Registration {
  session: Session
  readonly key: string
  leader: Registration['leader']
  stopOrder: Registration['stopOrder']
  queuedEnv: Registration['queuedEnv']
  /** The state of the session in the store. */
  durable: Session | undefined
  /** How often a change was undone. */
  undone = 0

  constructor({ session, key, leader, stopOrder, queuedEnv }: Registration) {
    this.session = session
    this.key = key
    this.leader = leader
    this.stopOrder = stopOrder
    this.queuedEnv = queuedEnv
  }
}

/** The first request is kept, and a stop that was forced stays forced. */
function stopOrder(before: StopOrder | undefined, request: StopRequest, force: boolean): StopOrder {
  if (before && (before.force || !force)) return before
  return { request: before?.request ?? request, force }
}
