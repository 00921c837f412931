import { type Static, Type } from '@sinclair/typebox'

const Time = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000_000, description }))

/** How long sessions of an app may live. */
export const boundSettings = {
  lifetimeMs: Time('after which a session is stopped, counted from its first start'),
  leaseMs: Time('after which a session is stopped that nobody has renewed'),
  maxLifetimeMs: Time('the longest lifetime and lease that a client can ask for; the app’s own by default')
}

const Settings = Type.Object(boundSettings)

type Settings = Readonly<Static<typeof Settings>>

/** Faults of an app, each with its setting. */
export function boundFaults({ lifetimeMs, leaseMs, maxLifetimeMs }: Settings): readonly (readonly [string, string])[] {
  const detail = 'is more than maxLifetimeMs'
  const isOver = (value = 0) => maxLifetimeMs !== undefined && value > maxLifetimeMs
  return [
    ...(isOver(lifetimeMs) ? [['lifetimeMs', detail] as const] : []),
    ...(isOver(leaseMs) ? [['leaseMs', detail] as const] : [])
  ]
}
