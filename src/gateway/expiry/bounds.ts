import type { Bounds } from '../../session/expiry.ts'
import { type Fault, InvalidRequest } from '../errors.ts'

/** What an app says of the life of its sessions. */
export interface AppBounds extends Bounds {
  readonly maxLifetimeMs?: number
}

type Bound = keyof Bounds

/** The bounds of a session whose launch asks for these. @throws {InvalidRequest} */
export function boundsOfLaunch(asked: Bounds, app: AppBounds): Bounds {
  const faults = (['lifetimeMs', 'leaseMs'] as const).flatMap(name => faultsOf(name, asked[name], app))
  if (faults.length > 0) throw new InvalidRequest(faults)
  const lifetimeMs = asked.lifetimeMs ?? app.lifetimeMs ?? app.maxLifetimeMs
  const leaseMs = asked.leaseMs ?? app.leaseMs
  return { ...(lifetimeMs !== undefined && { lifetimeMs }), ...(leaseMs !== undefined && { leaseMs }) }
}

/** Null asks for a session without an end. @throws {InvalidRequest} */
export function requireLifetime(lifetimeMs: number | null, app: AppBounds): void {
  const faults = faultsOf('lifetimeMs', lifetimeMs ?? Number.POSITIVE_INFINITY, app)
  if (faults.length > 0) throw new InvalidRequest(faults)
}

function faultsOf(name: Bound, value: number | undefined, app: AppBounds): readonly Fault[] {
  const max = app.maxLifetimeMs ?? app[name]
  if (value === undefined || max === undefined || value <= max) return []
  const whose = app.maxLifetimeMs === undefined ? name : 'maxLifetimeMs'
  return [{ pointer: `/body/${name}`, detail: `can be at most ${max}, the ${whose} of this app` }]
}
