import type { StopRequest } from '../../protocol/commands.ts'
import type { Session } from '../../session/session.ts'
import { AppNotFound, SessionNotFound } from '../errors.ts'
import type { App, Catalogue } from '../launch/catalogue.ts'
import type { Launcher } from '../launch/launcher.ts'
import type { Registry } from '../registry/registry.ts'
import type { IsReached, WaitOptions } from '../registry/session-waits.ts'
import type { EventFilter, SessionQuery } from '../store/event-log.ts'
import type { Principal } from './principal.ts'

export interface Whole {
  readonly registry: Registry
  readonly catalogue: Catalogue
  readonly launcher: Launcher
}

/** Apps and sessions as one principal has them: for every call, what is of another app is not there. */
export class View {
  readonly #whole: Whole
  readonly #principal: Principal

  constructor(whole: Whole, principal: Principal) {
    this.#whole = whole
    this.#principal = principal
  }

  get apps(): readonly App[] {
    return this.#whole.catalogue.apps.filter(({ id }) => this.#principal.sees(id))
  }

  /** @throws {AppNotFound} */
  app(id: string): App {
    return this.#whole.catalogue.get(this.requireApp(id))
  }

  /** As {@link Launcher.launch}. */
  launch(...launch: Parameters<Launcher['launch']>): Session {
    this.requireApp(launch[0].appId)
    return this.#whole.launcher.launch(...launch)
  }

  /** @throws {SessionNotFound} */
  session(id: number): Session {
    const session = this.#whole.registry.get(id)
    if (!this.#principal.sees(session.appId)) throw new SessionNotFound(id)
    return session
  }

  sessions(query: SessionQuery): Session[] {
    return this.#whole.registry.list({ ...query, appPatterns: this.#principal.apps })
  }

  /** As {@link Registry.waitUntil}. @throws {SessionNotFound} */
  async waitUntil(id: number, isReached: IsReached, options: WaitOptions): Promise<Session> {
    return await this.#whole.registry.waitUntil(this.session(id).id, isReached, options)
  }

  /** As {@link Registry.terminate}. @throws {SessionNotFound} */
  terminate(id: number, request: StopRequest, options: { readonly force?: boolean }): Session {
    return this.#whole.registry.terminate(this.session(id).id, request, options)
  }

  /** The same filter, for what this principal may hear of. */
  events(filter: EventFilter): EventFilter {
    return { ...filter, appPatterns: this.#principal.apps }
  }

  /** @throws {AppNotFound} where it is not there for this principal */
  requireApp(id: string): string {
    if (this.#principal.sees(id)) return id
    throw new AppNotFound(id)
  }
}
