import type { StopRequest } from '../../protocol/messages.ts'
import { sessionKeyVariable } from '../../protocol/session-key.ts'
import { isStopped, type Labels, type Session } from '../../session/session.ts'
import { Draining, InvalidRequest, TooManySessions } from '../errors.ts'
import type { NewRegistration, Registry } from '../registry/registry.ts'
import type { LaunchKey } from '../store/launch-keys.ts'
import type { SupervisorClient } from '../supervisor-link/client.ts'
import type { Catalogue, Recipe } from './catalogue.ts'

export interface LaunchRequest {
  readonly appId: string
  readonly labels?: Labels
  readonly env?: Readonly<Record<string, string>>
}

export interface Limits {
  readonly maxSessions: number
  readonly maxStarting: number
}

export interface LauncherParts {
  readonly catalogue: Catalogue
  readonly registry: Registry
  readonly supervisor: SupervisorClient
  readonly limits: Limits
  /** What becomes of the sessions when the gateway ends. */
  readonly onStop: 'stop' | 'keep'
}

const gatewayStopped: StopRequest = { reason: 'gatewayStopped', initiator: 'gateway' }

/** Admits launches: everything that can refuse one does so before the session exists. */
export class Launcher {
  readonly #parts: LauncherParts
  #isDraining = false
  #onStop: LauncherParts['onStop']

  constructor(parts: LauncherParts) {
    this.#parts = parts
    this.#onStop = parts.onStop
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /**
   * Starts a session of an app, which is bound to the key if there is one.
   * @throws {Draining | AppNotFound | InvalidRequest | TooManySessions | SupervisorUnavailable | StorageUnavailable}
   */
  launch({ appId, labels = {}, env = {} }: LaunchRequest, launchKey?: LaunchKey): Session {
    const { catalogue, registry, supervisor } = this.#parts
    if (this.#isDraining) throw new Draining()
    const recipe = catalogue.recipe(appId)
    checkClientEnv(env, recipe)
    this.#admit(appId, recipe)
    if (!recipe) return this.#launchNothing({ appId, labels, launchKey })
    supervisor.requireUsable()
    const registration = registry.register({ appId, labels, launchKey })
    const { session, key } = registration
    const { clientEnv: _, maxSessions: __, ...program } = recipe
    const ours = { WEFT_APP_ID: appId, WEFT_SESSION_ID: String(session.id), [sessionKeyVariable]: key }
    const literalEnv = { ...env, ...ours }
    supervisor.supervise({ sessionId: session.id, appId, key, ...program, literalEnv }, registration)
    return session
  }

  /** Leaves the sessions to the next gateway, whatever the configuration says. */
  keepSessions(): void {
    this.#onStop = 'keep'
  }

  /** Refuses launches from now on, and stops the sessions if they are not to be kept. */
  async end(): Promise<void> {
    this.#isDraining = true
    if (this.#onStop === 'stop') await this.stopAll()
  }

  /** Stops every session; resolves when the last one is stopped. */
  async stopAll({ force = false } = {}): Promise<void> {
    const { registry } = this.#parts
    this.#isDraining = true
    const stopped = registry.live.map(({ id }) => {
      registry.terminate(id, gatewayStopped, { force })
      return registry.waitUntil(id, isStopped)
    })
    await Promise.all(stopped)
  }

  /** Counts from the request to the end of the whole tree, in one turn of the loop with the registration. */
  #admit(appId: string, recipe: Recipe | undefined): void {
    const { registry, limits } = this.#parts
    const live = registry.live
    const { maxSessions = Number.POSITIVE_INFINITY } = recipe ?? {}
    if (live.length >= limits.maxSessions) throw new TooManySessions(`${limits.maxSessions} sessions`)
    if (live.filter(session => session.state === 'starting').length >= limits.maxStarting) {
      throw new TooManySessions(`${limits.maxStarting} sessions that are starting`)
    }
    if (live.filter(session => session.appId === appId).length >= maxSessions) {
      throw new TooManySessions(`${maxSessions} sessions of '${appId}'`)
    }
  }

  /** Neither catalogue nor runtime: the session is registered and ends at once, as in weft-appd (docs/weft-appd.md). */
  #launchNothing(launch: NewRegistration): Session {
    const { registry } = this.#parts
    const { id } = registry.register(launch).session
    const message = 'there is no catalogue, and WEFT_RUNTIME_BIN is not set'
    const stop = { reason: 'runtimeUnset', initiator: 'gateway', message, signalsSent: [], survivors: 0 } as const
    registry.apply(id, { type: 'ended', time: Date.now(), stop })
    return registry.get(id)
  }
}

function checkClientEnv(env: Readonly<Record<string, string>>, recipe: Recipe | undefined): void {
  const faults = Object.keys(env)
    .filter(name => !recipe?.clientEnv.includes(name))
    .map(name => ({ pointer: `/body/env/${name}`, detail: 'is not among the names that this app lets a launch set' }))
  if (faults.length > 0) throw new InvalidRequest(faults)
}
