import { randomUUID } from 'node:crypto'
import type { LostTree, StopOrder, StopRequest } from '../../protocol/commands.ts'
import type { Fact } from '../../protocol/fact.ts'
import { isStopped, type Labels, type Session } from '../../session/session.ts'
import { begin, type Input, type Step, transition } from '../../session/transition.ts'
import { SessionNotFound, StorageUnavailable } from '../errors.ts'
import type {
  Change,
  EventLog,
  FactPosition,
  LaunchEnv,
  RecordedEvent,
  Registration,
  SessionQuery
} from '../store/event-log.ts'
import type { LaunchKey } from '../store/launch-keys.ts'
import { SessionCounts } from './session-counts.ts'
import { type IsReached, SessionWaits, type WaitOptions } from './session-waits.ts'

/** Gets each event with the session as it is after it. */
export type EventListener = (event: RecordedEvent, session: Session) => void

/** A launch that nothing refuses any more. */
export interface AdmittedLaunch {
  readonly appId: string
  readonly labels: Labels
  /** Given where the session is to be queued: the environment of its launch, which is kept until its app is spawned. */
  readonly queuedEnv?: LaunchEnv
  /** Under which the launch can be found again. */
  readonly launchKey?: LaunchKey | undefined
}

/** Passes an order to stop on to where the session runs. */
export type StopPort = (key: string, order: StopOrder) => void

/** What became of a fact: a repeated one was recorded before; of an unknown session there is nothing to record. */
export type FactOutcome = 'recorded' | 'repeated' | 'unknownSession'

/** Sessions without a supervisor: those that one ran, and those that were never passed to one. */
export interface LostTrees {
  readonly lost: readonly LostTree[]
  readonly neverLaunched: readonly LostTree[]
}

/**
 * The one place that knows every session, and the one writer of their states: a transition, its event and the fact that
 * made it are committed in one step, then told to the subscribers, in the same turn of the loop.
 */
export class Registry {
  readonly #log: EventLog
  readonly #stop: StopPort
  readonly #live = new Map<number, Entry>()
  readonly #byKey = new Map<string, Entry>()
  readonly #counts = new SessionCounts()
  readonly #listeners = new Set<EventListener>()
  readonly #waits = new SessionWaits()
  #revision = 0

  constructor(log: EventLog, stop: StopPort) {
    this.#log = log
    this.#stop = stop
    for (const known of log.live()) {
      this.#keep({ ...known })
      this.#counts.move(undefined, known.session)
    }
  }

  get counts(): Pick<SessionCounts, 'live' | 'inState' | 'ofApp'> {
    return this.#counts
  }

  /** Another number after each change of a session. */
  get revision(): number {
    return this.#revision
  }

  /** Sessions that are not stopped, in the order of their ids. */
  get live(): readonly Session[] {
    return Array.from(this.#live.values(), entry => entry.session)
  }

  /** The sessions that are not over, for the supervisor to go on with after a restart. */
  get registrations(): readonly Registration[] {
    return [...this.#live.values()]
  }

  /** A new session, `queued` or `starting`. */
  register({ appId, labels, queuedEnv, launchKey }: AdmittedLaunch): Registration {
    const time = Date.now()
    const state = queuedEnv ? 'queued' : 'starting'
    const step = begin({ id: this.#log.nextSessionId, appId, state, labels }, time)
    const queued = queuedEnv && { queuedEnv }
    const entry: Entry = { session: step.session, key: randomUUID(), ...queued }
    this.#commit(entry, step, { time, key: entry.key, ...queued, ...(launchKey && { launchKey }) })
    return entry
  }

  /**
   * Asks for the end of a session; to ask again changes nothing, but `force` shortens a graceful stop.
   * @throws {SessionNotFound | StorageUnavailable}
   */
  terminate(id: number, request: StopRequest, { force = false } = {}): Session {
    const entry = this.#live.get(id)
    if (!entry) return this.get(id)
    try {
      this.#apply(
        entry,
        { type: 'stop', time: Date.now(), ...request },
        { stopRequest: entry.stopOrder?.request ?? request }
      )
    } catch (error) {
      // On a full disk, above all, it must be possible to stop things. The state follows with the supervisor's facts;
      // of a queued session there are none, and nothing to stop.
      if (!(error instanceof StorageUnavailable) || entry.session.state === 'queued') throw error
    }
    if (isStopped(entry.session)) return entry.session
    const order = stopOrder(entry.stopOrder, request, force)
    if (order !== entry.stopOrder) this.#stop(entry.key, order)
    entry.stopOrder = order
    return entry.session
  }

  /** @throws {SessionNotFound} */
  get(id: number): Session {
    const session = this.#live.get(id)?.session ?? this.#log.find(id)
    if (!session) throw new SessionNotFound(id)
    return session
  }

  list(query: SessionQuery): Session[] {
    return this.#log.list(query)
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

  /** Answers everybody who waits. */
  close(): void {
    this.#waits.close()
  }

  /** What happened to a session, as the gateway itself knows it. */
  apply(id: number, input: Input): void {
    const entry = this.#live.get(id)
    if (entry) this.#apply(entry, input)
  }

  /** The session with this key, if it is not over. */
  findLive(key: string): Session | undefined {
    return this.#byKey.get(key)?.session
  }

  /** What happened to a session, as a supervisor tells it. The same fact told twice counts once. */
  record(fact: Fact): FactOutcome {
    if (fact.seq <= this.#log.position.acknowledged) return 'repeated'
    const entry = this.#byKey.get(fact.key)
    if (!entry) return 'unknownSession'
    this.#apply(entry, fact.input, { factSeq: fact.seq, ...(fact.leader && { leader: fact.leader }) })
    return 'recorded'
  }

  /** Up to where the facts of which supervisor are recorded. */
  get position(): FactPosition {
    return this.#log.position
  }

  /** Facts come from another supervisor now. */
  beginInstance(instance: string): void {
    this.#log.beginInstance(instance)
    // The other one may have run what was passed on to it.
    for (const entry of this.#live.values()) if (entry.session.state !== 'queued') entry.queuedEnv = undefined
  }

  /** The trees of the sessions that are not over and that a supervisor does not know, though it should, by what became of them. */
  treesExcept(known: ReadonlySet<string>): LostTrees {
    const trees = { lost: [] as LostTree[], neverLaunched: [] as LostTree[] }
    for (const { session, key, leader, queuedEnv } of this.#live.values()) {
      if (known.has(key) || queuedEnv) continue
      const wasLaunched = leader !== undefined || session.id <= this.#log.position.lastSessionBefore
      trees[wasLaunched ? 'lost' : 'neverLaunched'].push({ key, ...(leader && { leader }) })
    }
    return trees
  }

  #apply(entry: Entry, input: Input, change: Partial<Change> = {}): void {
    this.#commit(entry, transition(entry.session, input), { ...change, time: input.time })
  }

  /** The only function that writes a state and publishes its event. */
  #commit(entry: Entry, { session, event: type }: Step, change: Omit<Change, 'session' | 'event'>): void {
    // What a supervisor has told of need not be launched again.
    const isSettled = change.factSeq !== undefined || isStopped(session)
    const forgets = entry.queuedEnv && isSettled && { forgetsQueuedEnv: true as const }
    const event = this.#log.commit({ ...change, ...forgets, session, ...(type && { event: type }) })
    this.#counts.move(this.#live.get(session.id)?.session, session)
    entry.session = session
    this.#revision++
    if (change.leader) entry.leader = change.leader
    if (isSettled) entry.queuedEnv = undefined
    if (isStopped(session)) this.#forget(entry)
    else this.#keep(entry)
    if (!event) return
    for (const listener of this.#listeners) listener(event, session)
    this.#waits.changed(session)
  }

  #keep(entry: Entry): void {
    this.#live.set(entry.session.id, entry)
    this.#byKey.set(entry.key, entry)
  }

  #forget(entry: Entry): void {
    this.#live.delete(entry.session.id)
    this.#byKey.delete(entry.key)
  }
}

/** Only this registry changes them. */
type Entry = { -readonly [Member in keyof Registration]: Registration[Member] }

/** The first request counts, and once forced it stays so. */
function stopOrder(before: StopOrder | undefined, request: StopRequest, force: boolean): StopOrder {
  if (before && (before.force || !force)) return before
  return { request: before?.request ?? request, force }
}
