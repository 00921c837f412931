/** How long a session may live. */
export interface Bounds {
  /** From its first start, whatever its runs; the time in the queue does not count. */
  readonly lifetimeMs?: number
  /** How long it lives without a renewal. */
  readonly leaseMs?: number
}

/** When a session that is not stopping will be stopped, and why. */
export interface Expiry {
  /** By the clock of the machine; RFC 3339. */
  readonly at: string
  readonly why: 'lifetime' | 'lease'
}

export interface Expiring {
  readonly expiresAt?: Expiry
}

interface Bounded extends Bounds, Expiring {
  readonly state: string
  readonly createdAt: string
  readonly run?: number
  readonly startedAt?: string
  readonly firstStartedAt?: string
}

/** The session as it expires now. @param leaseEndsAt in epoch milliseconds; as before if it is not given */
export function withExpiry<S extends Bounded>(session: S, leaseEndsAt = leaseEndOf(session)): S {
  const { lifetimeMs, leaseMs } = session
  if (lifetimeMs === undefined && leaseMs === undefined) return withoutExpiry(session) as S
  const startedAt = firstStartOf(session)
  const lifetimeEnd = lifetimeMs !== undefined && startedAt !== undefined ? startedAt + lifetimeMs : Infinity
  const leaseEnd = leaseMs === undefined ? Infinity : leaseEndsAt
  const end = Math.min(lifetimeEnd, leaseEnd)
  if (end === Infinity) return withoutExpiry(session) as S
  const why = lifetimeEnd <= leaseEnd ? 'lifetime' : 'lease'
  return { ...session, expiresAt: { at: new Date(end).toISOString(), why } }
}

export function withoutExpiry<S extends Expiring>(session: S): Omit<S, 'expiresAt'> {
  if (!session.expiresAt) return session
  const { expiresAt: _, ...rest } = session
  return rest
}

function leaseEndOf({ expiresAt }: Expiring): number {
  return expiresAt?.why === 'lease' ? Date.parse(expiresAt.at) : Infinity
}

/** When its first run started, in epoch milliseconds; undefined while it is queued. */
function firstStartOf({ state, createdAt, run = 1, startedAt, firstStartedAt }: Bounded): number | undefined {
  if (state === 'queued') return undefined
  const first = run === 1 ? startedAt : firstStartedAt
  return Date.parse(first ?? createdAt)
}
