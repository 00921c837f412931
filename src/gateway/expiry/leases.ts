import { Deadlines } from '../../deadlines.ts'
import type { StopRequest } from '../../protocol/commands.ts'
import type { Session } from '../../session/session.ts'
import { SessionEnded, StorageUnavailable } from '../errors.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import type { Registry } from '../registry/registry.ts'

const leaseExpired: StopRequest = { reason: 'leaseExpired', initiator: 'gateway' }

/** The pause before a retry after a failed write, in milliseconds. */
const retryMs = 1_000

export interface LeasesParts {
  readonly registry: Registry
  readonly sessions: DurableSessions
}

/**
 * Stops sessions whose lease is over. The gateway alone decides: while it is away nobody can renew, and so no lease ends;
 * when it starts, each lease begins anew.
 */
export class Leases {
  readonly #registry: Registry
  readonly #deadlines = new Deadlines<number>(id => void this.#expire(id))

  constructor({ registry, sessions }: LeasesParts) {
    this.#registry = registry
    for (const { session } of registry.registrations) this.#follow(session)
    sessions.subscribe((_event, session) => this.#follow(session))
  }

  /** Says in the sessions of the previous gateway that their leases have begun anew. */
  async resume(): Promise<void> {
    const leased = this.#registry.registrations.filter(({ session: { id } }) => this.#deadlines.get(id) !== undefined)
    await Promise.all(leased.map(({ session: { id } }) => this.#tell(id).catch(ignoreEnds)))
  }

  /** When the lease of a session ends, in epoch milliseconds. */
  endOf(id: number): number | undefined {
    const deadlineMs = this.#deadlines.get(id)
    return deadlineMs === undefined ? undefined : Math.round(Date.now() + deadlineMs - performance.now())
  }

  /** The lease begins anew; a session without one stays as it is. @throws {SessionEnded | StorageUnavailable} */
  async renew(session: Session): Promise<Session> {
    const { id, leaseMs } = session
    const isOver = session.state === 'stopping' || session.state === 'stopped'
    if (isOver || (leaseMs !== undefined && this.#deadlines.get(id) === undefined)) throw new SessionEnded(session)
    if (leaseMs === undefined) return session
    this.#deadlines.set(id, performance.now() + leaseMs)
    return await this.#tell(id)
  }

  close(): void {
    this.#deadlines.close()
  }

  async #tell(id: number): Promise<Session> {
    const leaseEndsAt = this.endOf(id)
    return await this.#registry.update(id, () => (leaseEndsAt === undefined ? {} : { leaseEndsAt }))
  }

  #follow({ id, state, leaseMs }: Session): void {
    if (leaseMs === undefined) return
    if (state === 'stopping' || state === 'stopped') this.#deadlines.delete(id)
    else if (this.#deadlines.get(id) === undefined) this.#deadlines.set(id, performance.now() + leaseMs)
  }

  async #expire(id: number): Promise<void> {
    try {
      await this.#registry.terminate(id, leaseExpired)
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error
      this.#deadlines.set(id, performance.now() + retryMs)
    }
  }
}

/** The next renewal tells of it. */
function ignoreEnds(error: unknown): void {
  if (!(error instanceof StorageUnavailable || error instanceof SessionEnded)) throw error
}
