import { type Bounds, type Expiring, withExpiry, withoutExpiry } from './expiry.ts'
import type { Labels, Session } from './session.ts'
import { type Told, withTold } from './update.ts'

/** What clients change in a session, and when its lease ends. */
export interface Change {
  /** All of them. */
  readonly labels?: Labels
  /** Null if it is to have none. */
  readonly lifetimeMs?: number | null
  /** In epoch milliseconds. */
  readonly leaseEndsAt?: number
}

type Changeable = Exclude<Session, { state: 'stopped' }>

export function withChange<S extends Changeable>(session: S, { labels, lifetimeMs, leaseEndsAt }: Change): S {
  const labelled = labels ? { ...session, labels } : session
  if (lifetimeMs === undefined && leaseEndsAt === undefined) return labelled
  const { lifetimeMs: before, ...unbounded } = labelled
  const bound = lifetimeMs === undefined ? before : (lifetimeMs ?? undefined)
  const bounded = { ...unbounded, ...(bound !== undefined && { lifetimeMs: bound }) } as S
  // What is being stopped does not expire.
  return session.state === 'stopping'
    ? (withoutExpiry(bounded as Bounds & Expiring) as S)
    : withExpiry(bounded, leaseEndsAt)
}

/** The session after an update. What is told of the present run counts only while there is one. */
export function withUpdate<S extends Changeable>(session: S, update: Told & Change): S {
  const hasRun = session.state !== 'queued' && session.state !== 'restarting'
  return withChange(hasRun ? withTold(session as S & Told, update) : session, update)
}
