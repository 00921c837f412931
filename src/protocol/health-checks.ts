import { type Static, Type } from '@sinclair/typebox'
import { type HealthProbe, healthKindNames } from '../readiness/health.ts'
import type { Immutable } from './immutable.ts'

const Milliseconds = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

const Probe = Type.Unsafe<HealthProbe>(
  Type.Object({
    kind: Type.Union(healthKindNames.map(name => Type.Literal(name))),
    setting: Type.Union([Type.String(), Type.Array(Type.String())]),
    options: Type.Optional(Type.Object({}))
  })
)

/** How a session that runs is checked, and what follows from failures. */
export const HealthChecks = Type.Object({
  probe: Probe,
  /** Between the starts of two checks. */
  everyMs: Milliseconds,
  /** Of one check. */
  timeoutMs: Milliseconds,
  /** So many in a row make it unhealthy. */
  failures: Type.Integer({ minimum: 1 }),
  /** What becomes of an unhealthy session. `restart`: its run ends, and its restart policy decides. */
  action: Type.Union([Type.Literal('restart'), Type.Literal('report'), Type.Literal('stop')])
})

export type HealthChecks = Immutable<Static<typeof HealthChecks>>
