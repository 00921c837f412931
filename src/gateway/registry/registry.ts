import { randomUUID } from 'node:crypto'
import type { LostTree, StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { Fact } from '../../protocol/fact.ts'
import type { Change as SessionUpdate } from '../../session/change.ts'
import type { Bounds } from '../../session/expiry.ts'
import { isStopped, type Labels, type Session } from '../../session/session.ts'
import { begin, type Input, transition } from '../../session/transition.ts'
import { SessionEnded, StorageUnavailable } from '../errors.ts'
import type { IdempotencyKey } from '../store/idempotency-keys.ts'
import type { Advance, FactPosition, LaunchEnv, QueuedParams, Registration, SessionChange } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { Committer } from './committer.ts'
import type { DurableSessions } from './durable-sessions.ts'
import { Entry } from './entry.ts'
import { SessionCounts } from './session-counts.ts'
import { UpdatePace } from './update-pace.ts'

/** A launch that has passed all checks. */
export interface AdmittedLaunch extends Bounds {
  readonly appId: string
  readonly labels: Labels
  /** Given if the session is to be queued: the environment of its launch, which is kept until its app is spawned. */
  readonly queuedEnv?: LaunchEnv
  /** The parameters that the launch has set, likewise. */
  readonly queuedParams?: QueuedParams | undefined
  /** 1 if the app is restarted: its runs have numbers. */
  readonly run?: number
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

type Cause = Pick<Advance, 'factSeq' | 'leader' | 'stopRequest'>

export interface RegistryParts {
  readonly store: Store
  readonly sessions: DurableSessions
  readonly stop: StopPort
}

/**
 * The one writer of the states of sessions. It applies a change in memory at once and passes changes to the store in
 * order; {@link DurableSessions} publishes them when they are durable. A change that can't be written is undone. Nothing
 * that a caller gets is ahead of the store, except where it says so.
 */
export class Registry {
  readonly #parts: RegistryParts
  readonly #live = new Map<number, Entry>()
  readonly #byKey = new Map<string, Entry>()
  readonly #counts = new SessionCounts()
  readonly #committer: Committer
  readonly #pace = new UpdatePace(id => void this.#announce(id))
  #lastId: number
  /** Ahead of the store's. */
  #position: FactPosition

  constructor(parts: RegistryParts) {
    const { store } = parts
    this.#parts = parts
    this.#committer = new Committer(changes => store.commit(changes))
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

  /** The sessions that are not stopped, changes included that are not durable yet. A copy of all of them: not for hot paths. */
  get registrations(): readonly Registration[] {
    return [...this.#live.values()]
  }

  /** A new session, `queued` or `starting`. @throws {StorageUnavailable} */
  async register({
    appId,
    labels,
    queuedEnv,
    queuedParams,
    idempotencyKey,
    ...runs
  }: AdmittedLaunch): Promise<Registration> {
    const time = Date.now()
    const state = queuedEnv ? 'queued' : 'starting'
    const { session, event } = begin({ id: ++this.#lastId, appId, state, labels, ...runs }, time)
    const key = randomUUID()
    const entry = new Entry({ session, key, queuedEnv, queuedParams })
    this.#decide(entry, session)
    await this.#write(entry, { verb: 'create', session, event, time, key, idempotencyKey, queuedEnv, queuedParams })
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
    const { mayRun } = entry
    const stopRequest = entry.stopOrder?.request ?? request
    // The supervisor need not wait until the request is durable; see docs/decisions/0014-what-overlaps-a-commit.md.
    if (mayRun) this.#order(entry, request, force)
    try {
      const session = await this.#advance(entry, input, { stopRequest })
      if (!mayRun && !isStopped(session)) this.#order(entry, request, force)
      return session
    } catch (error) {
      // A stop must also work with a full disk. The state follows with the supervisor's facts; a queued session has none,
      // and nothing to stop.
      if (!(error instanceof StorageUnavailable) || !entry.mayRun) throw error
      // It may run since the changes before this one became durable.
      this.#order(entry, request, force)
      return this.#parts.sessions.get(id)
    }
  }

  /**
   * Changes a session as it is now, changes included that are not durable yet. Its event follows within a second, with what else changes meanwhile.
   * @throws {SessionNotFound | SessionEnded | StorageUnavailable}
   */
  async update(id: number, make: (session: Session) => SessionUpdate): Promise<Session> {
    const entry = this.#live.get(id)
    if (!entry) throw new SessionEnded(this.#parts.sessions.get(id))
    const { session } = entry
    const update = make(session)
    if (session.state === 'stopping' && update.lifetimeMs !== undefined) throw new SessionEnded(session)
    return await this.#advance(entry, { type: 'updated', time: Date.now(), ...update })
  }

  /** Publishes what updates have not told yet. */
  flushUpdates(): void {
    this.#pace.flush()
  }

  close(): void {
    this.#pace.close()
  }

  /** Applies an input of the gateway itself to a session. @throws {StorageUnavailable} */
  async apply(id: number, input: Input): Promise<void> {
    const entry = this.#live.get(id)
    if (entry) await this.#advance(entry, input)
  }

  /** The session with this id, if it is not stopped. */
  find(id: number): Registration | undefined {
    return this.#live.get(id)
  }

  /** The session with this key, if it is not stopped. */
  findLive(key: string): Session | undefined {
    return this.#byKey.get(key)?.session
  }

  /** The key of a session that is not stopped. */
  keyOfLive(id: number): string | undefined {
    return this.#live.get(id)?.key
  }

  /**
   * Applies a fact of the supervisor to its session; a repeated fact changes nothing. Facts can be passed on before the
   * ones before them are durable: if one of those can't be written, they fail as well.
   * @throws {StorageUnavailable}
   */
  async record({ seq, key, input, leader }: Fact): Promise<FactOutcome> {
    if (seq <= this.#position.acknowledged) return 'repeated'
    const entry = this.#byKey.get(key)
    if (!entry) return 'unknownSession'
    this.#position = { ...this.#position, acknowledged: seq }
    await this.#advance(entry, input, { factSeq: seq, leader })
    return 'recorded'
  }

  /** The supervisor instance whose facts are recorded, and the number of the last durable one. */
  get position(): FactPosition {
    return this.#parts.store.position
  }

  /** Records that facts now come from another supervisor instance. @throws {StorageUnavailable} */
  async switchSupervisor(instance: string): Promise<void> {
    const lastSessionBefore = this.#lastId
    this.#position = { instance, acknowledged: 0, lastSessionBefore }
    // The previous supervisor may have run the sessions that were passed on to it.
    const passedOn = [...this.#live.values()].filter(({ mayRun, queuedEnv }) => mayRun && queuedEnv)
    for (const entry of passedOn) entry.queuedEnv = undefined
    const forgetsQueuedEnvs = passedOn.map(({ session }) => session.id)
    const change = { verb: 'switchSupervisor', instance, lastSessionBefore, forgetsQueuedEnvs } as const
    await this.#committer.commit(change, () => this.#undoPosition())
  }

  /** The trees of live sessions that the supervisor should know and does not: lost ones, and ones that were never launched. */
  treesExcept(known: ReadonlySet<string>): LostTrees {
    const trees = { lost: [] as LostTree[], neverLaunched: [] as LostTree[] }
    for (const { session, key, leader, queuedEnv, durable } of this.#live.values()) {
      // What is not durable yet is passed on later, and so is what is queued.
      if (known.has(key) || queuedEnv || !durable) continue
      const wasLaunched = leader !== undefined || session.id <= this.#position.lastSessionBefore
      trees[wasLaunched ? 'lost' : 'neverLaunched'].push({ key, ...(leader && { leader }) })
    }
    return trees
  }

  async #advance(entry: Entry, input: Input, cause: Cause = {}): Promise<Session> {
    const before = entry.session
    const { session, event } = transition(before, input)
    // A session that a supervisor has reported need not be launched again.
    const isSettled = cause.factSeq !== undefined || isStopped(session)
    const forgetsQueuedEnv = isSettled && entry.queuedEnv !== undefined
    this.#decide(entry, session)
    if (cause.leader) entry.leader = cause.leader
    const published = this.#pace.pace(session.id, event)
    const labelsBefore = published && session.labels !== entry.toldLabels ? entry.toldLabels : undefined
    const relabels = session.labels !== before.labels
    const change = { session, event: published, time: input.time, forgetsQueuedEnv, labelsBefore, relabels }
    await this.#write(entry, { verb: 'advance', ...change, ...cause })
    if (isSettled) entry.queuedEnv = undefined
    return session
  }

  /** An update that was held back. If it can't be written, the next event of the session tells of it. */
  async #announce(id: number): Promise<void> {
    try {
      await this.apply(id, { type: 'updated', time: Date.now() })
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
    }
  }

  async #write(entry: Entry, change: SessionChange): Promise<void> {
    const movesPosition = change.verb === 'advance' && change.factSeq !== undefined
    const committed = await this.#committer.commit(change, () => {
      this.#decide(entry, entry.durable)
      if (movesPosition) this.#undoPosition()
    })
    if (!committed) return
    entry.durable = change.session
    if (change.event) entry.toldLabels = change.session.labels
    this.#parts.sessions.take(committed)
  }

  #undoPosition(): void {
    this.#position = this.#parts.store.position
  }

  #order(entry: Entry, request: StopRequest, force: boolean): void {
    const order = entry.order(request, force)
    if (order) this.#parts.stop(entry.key, order)
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
