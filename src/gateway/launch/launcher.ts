import type { StopRequest } from '../../protocol/commands.ts'
import type { Bounds } from '../../session/expiry.ts'
import { isStopped, type Labels, type Session, type Stop } from '../../session/session.ts'
import { Draining, StorageUnavailable, TooManySessions } from '../errors.ts'
import { boundsOfLaunch } from '../expiry/bounds.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import type { AdmittedLaunch, Registry } from '../registry/registry.ts'
import type { IdempotencyKey } from '../store/idempotency-keys.ts'
import type { LaunchEnv } from '../store/records.ts'
import type { SupervisorLink } from '../supervisor-link/link.ts'
import type { LaunchTrace } from '../telemetry/launch-trace.ts'
import type { LaunchTraces } from '../telemetry/launch-traces.ts'
import type { Catalogue, LaunchableApp } from './catalogue.ts'
import { checkClientEnv, launchMessage } from './launch-message.ts'
import { LaunchQueue } from './launch-queue.ts'
import { type LaunchParams, paramsOfLaunch } from './params.ts'
import { unrecordedEnds } from './unrecorded-ends.ts'

export interface LaunchRequest extends Bounds {
  readonly appId: string
  readonly labels?: Labels
  readonly env?: LaunchEnv
  readonly params?: LaunchParams
}

export interface Limits {
  readonly maxSessions: number
  /** Launches beyond it are queued; 0 means no limit. */
  readonly maxStarting: number
}

export interface LauncherParts {
  readonly catalogue: Catalogue
  readonly registry: Registry
  readonly sessions: DurableSessions
  readonly supervisor: SupervisorLink
  readonly limits: Limits
  /** What happens to the sessions when the gateway shuts down. */
  readonly onStop: 'stop' | 'keep'
  /** Given if launches are traced. */
  readonly traces?: LaunchTraces | undefined
}

/** What belongs to a launch besides what the client asks for. */
interface Cause {
  readonly idempotencyKey: IdempotencyKey | undefined
  readonly trace?: LaunchTrace
}

const gatewayStopped: StopRequest = { reason: 'gatewayStopped', initiator: 'gateway' }

/** Admits launches: all checks are made before the session exists. */
export class Launcher {
  readonly #parts: LauncherParts
  readonly #queue: LaunchQueue
  #isDraining = false
  #onStop: LauncherParts['onStop']

  constructor(parts: LauncherParts) {
    this.#parts = parts
    this.#onStop = parts.onStop
    this.#queue = new LaunchQueue({ ...parts, maxStarting: parts.limits.maxStarting })
  }

  /** Starts the sessions that the previous gateway left queued. */
  resume(): void {
    this.#queue.open()
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /**
   * Starts a session of an app, now or when its turn comes; it is bound to the key if there is one.
   * @throws {Draining | AppNotFound | InvalidRequest | TooManySessions | SupervisorUnavailable | StorageUnavailable}
   */
  async launch(request: LaunchRequest, idempotencyKey?: IdempotencyKey): Promise<Session> {
    const { traces } = this.#parts
    if (!traces) return await this.#launch(request, { idempotencyKey })
    return await traces.trace(request.appId, trace => this.#launch(request, { idempotencyKey, trace }))
  }

  async #launch(
    { appId, labels = {}, env = {}, params: given, ...asked }: LaunchRequest,
    { idempotencyKey, trace }: Cause
  ): Promise<Session> {
    const { catalogue, registry, sessions, supervisor, traces } = this.#parts
    if (this.#isDraining) throw new Draining()
    const app = catalogue.launchable(appId)
    checkClientEnv(env, app)
    const params = paramsOfLaunch(given ?? {}, app?.params ?? {})
    const bounds = boundsOfLaunch(asked, app?.bounds ?? {})
    this.#admit(appId, app)
    const { lifetimeMs } = bounds
    if (app) supervisor.requireUsable(lifetimeMs === undefined ? app.run : { ...app.run, lifetimeMs })
    trace?.admitted()
    if (!app) return await this.#launchNothing({ appId, labels, idempotencyKey }, trace)
    const isQueued = this.#queue.isNeeded
    const registration = await registry.register({
      ...{ appId, labels, idempotencyKey, ...bounds },
      ...(isQueued && { queuedEnv: env, queuedParams: given }),
      ...(app.run.restart && { run: 1 })
    })
    const { id } = registration.session
    if (trace) traces?.committed(trace, registration.session)
    if (isQueued) this.#queue.add(registration)
    else supervisor.launch(launchMessage(registration, app, { env, params, trace }), registration.stopOrder)
    return sessions.get(id)
  }

  /** Keeps the sessions for the next gateway, whatever the configuration says. */
  keepSessions(): void {
    this.#onStop = 'keep'
  }

  /**
   * Refuses launches from now on, and stops the sessions if they are not to be kept. Returns the ids of those that have
   * ended but whose end can't be recorded.
   */
  async end(): Promise<readonly number[]> {
    this.#isDraining = true
    this.#queue.close()
    return this.#onStop === 'stop' ? await this.stopAll() : []
  }

  /** Stops every session; resolves when the last one has ended, likewise. */
  async stopAll({ force = false } = {}): Promise<readonly number[]> {
    this.#isDraining = true
    this.#queue.close()
    const over = new AbortController()
    try {
      return await Promise.race([this.#allStopped(force), unrecordedEnds(this.#parts, over.signal)])
    } finally {
      over.abort()
    }
  }

  async #allStopped(force: boolean): Promise<readonly number[]> {
    const { registry, sessions } = this.#parts
    const stopped = registry.registrations.map(async ({ session: { id } }) => {
      await registry.terminate(id, gatewayStopped, { force })
      await sessions.waitUntil(id, isStopped)
    })
    for (const result of await Promise.allSettled(stopped)) {
      // Queued sessions whose end can't be recorded are left to the next gateway.
      if (result.status === 'rejected' && !(result.reason instanceof StorageUnavailable)) throw result.reason
    }
    return []
  }

  /** A session counts from its admission to the end of its tree. Called in the same turn of the event loop as the registration. */
  #admit(appId: string, app: LaunchableApp | undefined): void {
    const { registry, limits } = this.#parts
    const { counts } = registry
    if (counts.live >= limits.maxSessions) throw new TooManySessions(`${limits.maxSessions} sessions`)
    if (app && counts.ofApp(appId) >= app.maxSessions) {
      throw new TooManySessions(`${app.maxSessions} sessions of '${appId}'`)
    }
  }

  /**
   * Registers a session of an app that can't be run, which ends at once.
   * @throws {Draining | TooManySessions | StorageUnavailable}
   */
  async launchFailed(appId: string, message: string): Promise<Session> {
    if (this.#isDraining) throw new Draining()
    this.#admit(appId, undefined)
    return await this.#endAtOnce({ appId, labels: {} }, { reason: 'spawnFailed', message })
  }

  /** Neither catalogue nor runtime: the session is registered and ends at once, as in weft-appd (docs/weft-appd.md). */
  async #launchNothing(launch: AdmittedLaunch, trace: LaunchTrace | undefined): Promise<Session> {
    const message = 'the catalogue does not have it, and WEFT_RUNTIME_BIN is not set'
    return await this.#endAtOnce(launch, { reason: 'runtimeUnset', message }, trace)
  }

  async #endAtOnce(
    launch: AdmittedLaunch,
    why: Pick<Stop, 'reason' | 'message'>,
    trace?: LaunchTrace | undefined
  ): Promise<Session> {
    const { registry, sessions, traces } = this.#parts
    const { session } = await registry.register(launch)
    const { id } = session
    if (trace) traces?.committed(trace, session)
    const stop = { ...why, initiator: 'gateway', signalsSent: [], survivors: 0 } as const
    await registry.apply(id, { type: 'ended', time: Date.now(), stop })
    return sessions.get(id)
  }
}
