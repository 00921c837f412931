import type { StopRequest } from '../../protocol/commands.ts'
import type { Session } from '../../session/session.ts'
import { parseSession } from '../../session/session-json.ts'
import type { SessionQuery } from '../store/records.ts'
import type { DurableSessions, EventListener } from './durable-sessions.ts'
import type { Registry } from './registry.ts'
import type { IsReached, WaitOptions } from './session-waits.ts'

/** `fastify.registry`: reads and stops sessions, and subscribes to their events; for plugins. */
export class PublicRegistry {
  readonly #sessions: DurableSessions
  readonly #registry: Registry

  constructor(sessions: DurableSessions, registry: Registry) {
    this.#sessions = sessions
    this.#registry = registry
  }

  /** Sessions that are not stopped, in the order of their ids. */
  get live(): readonly Session[] {
    return this.#sessions.live
  }

  /** @throws {SessionNotFound} */
  get(id: number): Session {
    return this.#sessions.get(id)
  }

  list(query: SessionQuery): Session[] {
    return this.#sessions.list(query).map(({ json }) => parseSession(json))
  }

  /** Calls `listener` with every event from now on; returns the function that ends it. */
  subscribe(listener: EventListener): () => void {
    return this.#sessions.subscribe(listener)
  }

  /** As {@link DurableSessions.waitUntil}. */
  async waitUntil(id: number, isReached: IsReached, options?: WaitOptions): Promise<Session> {
    return await this.#sessions.waitUntil(id, isReached, options)
  }

  /** As {@link Registry.terminate}. */
  async terminate(id: number, request: StopRequest, options?: { readonly force?: boolean }): Promise<Session> {
    return await this.#registry.terminate(id, request, options)
  }
}
