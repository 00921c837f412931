import { AsyncLocalStorage } from 'node:async_hooks'
import type { Launch } from '../../protocol/launch.ts'
import { sessionKeys, type Welcome } from '../../protocol/reports.ts'
import { isStopped } from '../../session/session.ts'
import { StorageUnavailable } from '../errors.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import type { Registry } from '../registry/registry.ts'
import type { Registration } from '../store/records.ts'
import type { SupervisorLink } from '../supervisor-link/link.ts'
import type { LaunchTraces } from '../telemetry/launch-traces.ts'
import type { Catalogue, LaunchableApp } from './catalogue.ts'
import { launchMessage, reexamine } from './launch-message.ts'

export interface LaunchQueueParts {
  readonly catalogue: Catalogue
  readonly registry: Registry
  readonly sessions: DurableSessions
  readonly supervisor: SupervisorLink
  /** How many sessions can be starting at the same time; 0 means no limit. */
  readonly maxStarting: number
  readonly traces?: LaunchTraces | undefined
}

const spawnFailed = { reason: 'spawnFailed', initiator: 'gateway', signalsSent: [], survivors: 0 } as const

/** The pause before a retry after a failed write, in milliseconds. */
const retryMs = 250

/**
 * Sessions that wait to start, first in, first out. They are in the store, each with the environment of its launch until
 * the supervisor has reported a fact of it, so that the next gateway continues, whenever this one is killed.
 */
export class LaunchQueue {
  readonly #parts: LaunchQueueParts
  readonly #maxStarting: number
  readonly #waiting = new Map<number, Registration>()
  /** Sessions whose start the previous gateway had begun, but which the supervisor does not know. */
  #interrupted: Registration[] = []
  /** Sessions whose start is being recorded. */
  readonly #starting = new Set<Registration>()
  #state: 'paused' | 'open' | 'closed' = 'paused'
  #isScheduled = false
  #retry: NodeJS.Timeout | undefined
  /** Bound, so that it does not run in the async context of an unrelated request. */
  readonly #advance = AsyncLocalStorage.bind(() => this.#startWaiting())

  constructor(parts: LaunchQueueParts) {
    const { registry, sessions, supervisor, maxStarting } = parts
    this.#parts = parts
    this.#maxStarting = maxStarting === 0 ? Number.POSITIVE_INFINITY : maxStarting
    for (const registration of registry.registrations) {
      if (registration.session.state === 'queued') this.#waiting.set(registration.session.id, registration)
    }
    sessions.subscribe((_event, { id, state }) => {
      if (state !== 'queued') this.#waiting.delete(id)
      this.#schedule()
    })
    supervisor.subscribe({ attached: welcome => this.#attached(welcome), answers: () => this.#schedule() })
  }

  /** Must a new launch be queued now? */
  get isNeeded(): boolean {
    return this.#parts.registry.counts.inState('queued') > 0 || !this.#hasRoom
  }

  /** Takes a session that is `queued`. */
  add(registration: Registration): void {
    // A subscriber may have stopped it already.
    if (registration.session.state !== 'queued') return
    this.#waiting.set(registration.session.id, registration)
    this.#schedule()
  }

  /** Begins to start queued sessions, also those of the previous gateway. */
  open(): void {
    this.#state = 'open'
    const { welcome } = this.#parts.supervisor
    if (welcome) this.#attached(welcome)
  }

  /** Stops starting sessions. Queued ones are left to the next gateway. */
  close(): void {
    this.#state = 'closed'
    clearTimeout(this.#retry)
  }

  get #hasRoom(): boolean {
    return this.#parts.registry.counts.inState('starting') < this.#maxStarting
  }

  #attached(welcome: Welcome): void {
    const known = sessionKeys(welcome)
    this.#interrupted = this.#parts.registry.registrations.filter(
      registration =>
        registration.queuedEnv &&
        registration.session.state !== 'queued' &&
        !known.has(registration.key) &&
        !this.#starting.has(registration)
    )
    this.#schedule()
  }

  /** In a separate turn of the event loop: subscribers get the event that made room before those of a start. */
  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size + this.#interrupted.length === 0) return
    this.#isScheduled = true
    queueMicrotask(this.#advance)
  }

  async #startWaiting(): Promise<void> {
    clearTimeout(this.#retry)
    try {
      for (let starts = this.#startAll(); starts.length > 0; starts = this.#startAll()) await Promise.all(starts)
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
      this.#retry = setTimeout(this.#advance, retryMs)
    } finally {
      this.#isScheduled = false
    }
  }

  /** Starts all that can start now in one turn of the event loop, so that they become one transaction. */
  #startAll(): Promise<void>[] {
    const starts: Promise<void>[] = []
    for (let next = this.#next(); next; next = this.#next()) starts.push(this.#start(next))
    return starts
  }

  #next(): Registration | undefined {
    if (this.#state !== 'open' || !this.#parts.supervisor.isUsable) return undefined
    return this.#interrupted.shift() ?? (this.#hasRoom ? this.#first : undefined)
  }

  /** A queued session that is stopped leaves the queue when the stop is durable. */
  get #first(): Registration | undefined {
    for (const registration of this.#waiting.values()) if (registration.session.state === 'queued') return registration
    return undefined
  }

  async #start(registration: Registration): Promise<void> {
    const { state } = registration.session
    const { app, params, fault } = reexamine(this.#parts.catalogue, registration)
    this.#starting.add(registration)
    try {
      await this.#record(registration, fault)
    } catch (error) {
      if (state !== 'queued') this.#interrupted.push(registration)
      throw error
    } finally {
      this.#starting.delete(registration)
    }
    // It may have been stopped meanwhile.
    if (app && !isStopped(registration.session)) this.#passOn(registration, app, params)
  }

  /** Records that a session starts or, because of a fault, that it ends. */
  async #record({ session: { id, state } }: Registration, fault: string | undefined): Promise<void> {
    const { registry } = this.#parts
    const time = Date.now()
    if (fault) await registry.apply(id, { type: 'ended', time, stop: { ...spawnFailed, message: fault } })
    else if (state === 'queued') await registry.apply(id, { type: 'start', time })
  }

  #passOn(registration: Registration, app: LaunchableApp, params: Launch['params']): void {
    const { supervisor, traces } = this.#parts
    const trace = traces?.of(registration.session.id)
    supervisor.launch(
      launchMessage(registration, app, { env: registration.queuedEnv, params, trace }),
      registration.stopOrder
    )
  }
}
