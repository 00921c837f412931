import type { Change } from '../../session/change.ts'
import type { Labels, Session } from '../../session/session.ts'
import { AppNotFound, InvalidRequest } from '../errors.ts'
import type { Catalogue } from '../launch/catalogue.ts'
import type { Registry } from '../registry/registry.ts'
import type { SupervisorLink } from '../supervisor-link/link.ts'
import { type AppBounds, requireLifetime } from './bounds.ts'
import type { Leases } from './leases.ts'

/** A JSON merge patch (RFC 7396): null removes a member. */
export interface SessionPatch {
  readonly labels?: Readonly<Record<string, string | null>> | null
  readonly lifetimeMs?: number | null
}

export interface SessionUpdatesParts {
  readonly catalogue: Catalogue
  readonly registry: Registry
  readonly supervisor: SupervisorLink
  readonly leases: Leases
}

const maxLabels = 32

/** Changes sessions as clients ask for it. */
export class SessionUpdates {
  readonly #parts: SessionUpdatesParts

  constructor(parts: SessionUpdatesParts) {
    this.#parts = parts
  }

  /** @throws {InvalidRequest | SessionNotFound | SessionEnded | SupervisorUnavailable | StorageUnavailable} */
  async patch(session: Session, { labels, lifetimeMs }: SessionPatch): Promise<Session> {
    const { registry, supervisor, leases } = this.#parts
    const { id } = session
    if (lifetimeMs !== undefined) {
      requireLifetime(lifetimeMs, this.#boundsOf(session))
      supervisor.requireLifetimes()
    }
    const leaseEndsAt = leases.endOf(id)
    const updated = await registry.update(id, now => ({
      ...(labels !== undefined && labelChange(now, labels)),
      ...(lifetimeMs !== undefined && { lifetimeMs, ...(leaseEndsAt !== undefined && { leaseEndsAt }) })
    }))
    if (lifetimeMs !== undefined) this.#bound(id)
    return updated
  }

  /** Of a session that was changed again meanwhile the last lifetime counts. */
  #bound(id: number): void {
    const { registry, supervisor } = this.#parts
    const registration = registry.find(id)
    if (registration) supervisor.bound(registration.key, registration.session.lifetimeMs)
  }

  /** Of an app that has left the catalogue a session can't live longer than it would have. */
  #boundsOf({ appId, lifetimeMs }: Session): AppBounds {
    try {
      return this.#parts.catalogue.launchable(appId)?.bounds ?? {}
    } catch (error) {
      if (!(error instanceof AppNotFound)) throw error
      return lifetimeMs === undefined ? {} : { maxLifetimeMs: lifetimeMs }
    }
  }
}

/** @throws {InvalidRequest} if there would be too many; none if they stay the same. */
function labelChange({ labels: before }: Session, patch: NonNullable<SessionPatch['labels']> | null): Change {
  const merged = Object.entries({ ...(patch && before), ...patch }).filter(isSet)
  if (merged.length > maxLabels) {
    throw new InvalidRequest([{ pointer: '/body/labels', detail: `would be more than ${maxLabels} labels` }])
  }
  const labels: Labels = Object.fromEntries(merged)
  return isSame(labels, before) ? {} : { labels }
}

function isSet(entry: [string, string | null]): entry is [string, string] {
  return entry[1] !== null
}

function isSame(one: Labels, other: Labels): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every(name => one[name] === other[name])
}
