import { nearest } from '../../config/nearest.ts'
import type { Scope } from '../../config/scopes.ts'
import type { StopRequest } from '../../protocol/commands.ts'
import type { Session } from '../../session/session.ts'
import { AppNotFound, SessionNotFound } from '../errors.ts'
import type { SessionPatch } from '../expiry/session-updates.ts'
import type { Gateway } from '../gateway.ts'
import type { App } from '../launch/catalogue.ts'
import { type Attempt, fingerprintOf } from '../launch/idempotency.ts'
import type { LaunchRequest } from '../launch/launcher.ts'
import type { IsReached, WaitOptions } from '../registry/session-waits.ts'
import type { SessionPageQuery as ListQuery, SessionPage } from '../session-lists.ts'
import type { StatsQuery as CountedQuery, Stats } from '../stats/stats.ts'
import type { GatewayFigures, GatewayStatus } from '../status.ts'
import { EventView } from './event-view.ts'
import { LogView } from './log-view.ts'
import type { Principal } from './principal.ts'

export type { Attempt, LaunchRequest, SessionPage, SessionPatch }

export interface Me {
  readonly name?: string
  readonly scopes: readonly Scope[]
  readonly apps?: readonly string[]
}

export type StatsQuery = Omit<CountedQuery, 'filter'> & {
  readonly appIds?: readonly string[] | undefined
  readonly labels?: readonly string[] | undefined
}

export type SessionPageQuery = Omit<ListQuery, 'appPatterns'>

/**
 * The apps, sessions, logs and events that a principal can access. To every call, apps that it does not see do not exist,
 * and neither do their sessions.
 */
export class View {
  readonly #parts: Gateway
  readonly #principal: Principal

  constructor(parts: Gateway, principal: Principal) {
    this.#parts = parts
    this.#principal = principal
  }

  get apps(): readonly App[] {
    return this.#parts.catalogue.apps.filter(({ id }) => this.#principal.sees(id))
  }

  /** The sessions that are not stopped, by id. */
  get live(): readonly Session[] {
    return this.#parts.sessions.live.filter(({ appId }) => this.#principal.sees(appId))
  }

  /** @throws {AppNotFound} */
  app(id: string): App {
    if (!this.#parts.catalogue.knows(this.#requireApp(id))) throw this.#notFound(id)
    return this.#parts.catalogue.get(id)
  }

  /** Is it an app that does its work and exits? */
  isJob(appId: string): boolean {
    return this.#parts.catalogue.isJob(appId)
  }

  /** As {@link Launcher.launch}; returns the existing session if an earlier attempt has launched it. */
  async launch(request: LaunchRequest, attempt?: Attempt): Promise<Session> {
    if (attempt?.sessionId !== undefined) return this.session(attempt.sessionId)
    this.#requireApp(request.appId)
    try {
      return await this.#parts.launcher.launch(request, attempt?.key)
    } catch (error) {
      throw error instanceof AppNotFound ? this.#notFound(request.appId) : error
    }
  }

  /** An attempt at a launch with an idempotency key of this principal. As {@link Idempotency.attempt}. */
  attempt(key: string, request: LaunchRequest): Attempt {
    // The principal may see fewer apps than when it launched this.
    this.#requireApp(request.appId)
    const { name: sender } = this.#principal
    return this.#parts.idempotency.attempt({ sender, key, fingerprint: fingerprintOf(request) })
  }

  /** @throws {SessionNotFound} */
  session(id: number): Session {
    const session = this.#parts.sessions.get(id)
    if (!this.#principal.sees(session.appId)) throw new SessionNotFound(id)
    return session
  }

  /** With what its processes use now. @throws {SessionNotFound} */
  sessionWithUsage(id: number): Promise<Session> | Session {
    return this.#parts.sessionUsage.addTo(this.session(id))
  }

  /** @throws {InvalidRequest} if the cursor is not of this list */
  async sessions(query: SessionPageQuery): Promise<SessionPage> {
    return await this.#parts.sessionLists.page({ ...query, appPatterns: this.#principal.apps })
  }

  /** As {@link DurableSessions.waitUntil}. @throws {SessionNotFound} */
  async waitUntil(id: number, isReached: IsReached, options: WaitOptions): Promise<Session> {
    return await this.#parts.sessions.waitUntil(this.session(id).id, isReached, options)
  }

  /** As {@link Registry.terminate}. @throws {SessionNotFound} */
  async terminate(id: number, request: StopRequest, options: { readonly force?: boolean }): Promise<Session> {
    return await this.#parts.registry.terminate(this.session(id).id, request, options)
  }

  /** As {@link SessionUpdates.patch}. @throws {SessionNotFound} */
  async update(id: number, patch: SessionPatch): Promise<Session> {
    return await this.#parts.sessionUpdates.patch(this.session(id), patch)
  }

  /** As {@link Leases.renew}. @throws {SessionNotFound} */
  async renew(id: number): Promise<Session> {
    return await this.#parts.leases.renew(this.session(id))
  }

  /** @throws {SessionNotFound} */
  log(id: number): LogView {
    return new LogView(this, id, this.#parts.sessionLog(this.session(id)))
  }

  /** Who asks, and what the token permits. */
  get me(): Me {
    const { name, scopes, apps } = this.#principal
    return { ...(name && { name }), scopes, ...(apps && { apps }) }
  }

  /** With the figures over all apps if the principal sees all. */
  get gatewayStatus(): GatewayStatus & Partial<GatewayFigures> {
    const { statusReporter } = this.#parts
    const figures = this.#principal.apps ? {} : statusReporter.figures(this.#parts)
    return { ...statusReporter.status(this.#parts), ...figures }
  }

  /** Over the apps that the principal sees. As {@link StatsReporter.report}. */
  async stats({ appIds, labels, ...range }: StatsQuery): Promise<Stats & Pick<GatewayStatus, 'limits'>> {
    const { statsReporter, config } = this.#parts
    const filter = { appIds, labels, appPatterns: this.#principal.apps }
    return { ...(await statsReporter.report({ ...range, filter })), limits: config.limits }
  }

  get events(): EventView {
    return new EventView(this.#parts, this.#principal)
  }

  /**
   * Counts a stream of events or of a log; returns the function to call when it has ended.
   * @throws {TooManyStreams}
   */
  openStream(): () => void {
    return this.#principal.openStream(this.#parts.config.limits.maxStreamsPerToken)
  }

  /** @throws {AppNotFound} if this principal does not see it */
  #requireApp(id: string): string {
    if (this.#principal.sees(id)) return id
    throw this.#notFound(id)
  }

  /** Names only apps that this principal sees. */
  #notFound(id: string): AppNotFound {
    const ids = this.apps.map(app => app.id)
    return new AppNotFound(id, nearest(id, ids))
  }
}
