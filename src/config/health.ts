import { type Static, Type } from '@sinclair/typebox'
import type { HealthChecks } from '../protocol/health-checks.ts'
import type { Restart } from '../protocol/launch.ts'
import {
  answerOptionNames,
  type HealthKindName,
  type HealthProbe,
  healthKindNames,
  healthProbeSchemas
} from '../readiness/health.ts'
import { readinessFaults, type SettingOf } from '../readiness/kinds.ts'
import type { ReadyOptions } from '../readiness/options.ts'
import { defaultLimits } from './restart-policy.ts'

const day = 86_400_000
const defaults = { everyMs: 10_000, timeoutMs: 2_000, failures: 3 }

/** A key named `then` is no method here: nothing awaits the entry. */
const actionKey = 'then'

const policy = Type.Object({
  everyMs: Type.Optional(
    Type.Integer({ minimum: 100, maximum: day, description: 'between the starts of two checks; 10000 by default' })
  ),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: day, description: 'of one check; 2000 by default' })),
  failures: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000, description: 'in a row make it unhealthy; 3 by default' })
  ),
  [actionKey]: Type.Optional(
    Type.Unsafe<'restart' | 'report' | 'stop'>({
      enum: ['restart', 'report', 'stop'],
      description: 'what becomes of an unhealthy session; `restart` by default'
    })
  )
})

type Asked = { readonly [K in HealthKindName]?: SettingOf<K> } & Pick<ReadyOptions, (typeof answerOptionNames)[number]>

export type HealthEntry = Asked & Static<typeof policy>

/** As the configuration has it: exactly one kind of check; what else is missing has a default. */
export const Health = Type.Unsafe<HealthEntry>({
  type: 'object',
  properties: { ...healthProbeSchemas, ...policy.properties },
  additionalProperties: false,
  description: 'how it is found out that a running app still works: one of http, tcp and command'
})

/** Faults of an entry that conforms to the schema, each with the member that it is about, if it is about one. */
export function healthFaults(health: HealthEntry): readonly { readonly member?: string; readonly detail: string }[] {
  const [kind, ...others] = healthKindNames.filter(name => health[name] !== undefined)
  if (!kind || others.length > 0) return [{ detail: `must have exactly one of ${healthKindNames.join(', ')}` }]
  const misplaced = kind === 'http' ? [] : answerOptionNames.filter(name => health[name] !== undefined)
  return [
    ...readinessFaults(probeOf(kind, health)).map(detail => ({ member: kind, detail })),
    ...misplaced.map(member => ({ member, detail: 'goes only with http' }))
  ]
}

interface Checked {
  readonly health?: HealthEntry
  readonly restart?: { readonly on?: string }
}

/** The members of a launch; none if the app is not checked. */
export function healthOf({ health, restart }: Checked): { readonly health?: HealthChecks; readonly restart?: Restart } {
  if (!health) return {}
  const kind = healthKindNames.find(name => health[name] !== undefined)
  if (!kind) throw new Error('there is no kind of check in the entry')
  const { then: action = 'restart', everyMs, timeoutMs, failures } = { ...defaults, ...health }
  const probe = probeOf(kind, health)
  return {
    health: { probe, everyMs, timeoutMs, failures, action },
    // An app that says nothing of restarts is restarted for nothing else.
    ...(action === 'restart' && !restart && { restart: { on: 'unhealthy', exceptExitCodes: [], ...defaultLimits } })
  }
}

function probeOf(kind: HealthKindName, health: HealthEntry): HealthProbe {
  const given = answerOptionNames.filter(name => health[name] !== undefined)
  // A port that the session was given stays its own: who answers there is not looked up with each check.
  const options = { anyProcess: true, ...Object.fromEntries(given.map(name => [name, health[name]])) }
  return { kind, setting: health[kind], ...(kind !== 'command' && { options }) } as HealthProbe
}
