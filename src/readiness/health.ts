import { type ReadinessKindName, type ReadinessOf, readinessKinds } from './kinds.ts'
import { readyOptions } from './options.ts'

/** The kinds of readiness that an app can show at any time: how it is found out that it still works. */
export const healthKindNames = ['http', 'tcp', 'command'] as const satisfies readonly ReadinessKindName[]

export type HealthKindName = (typeof healthKindNames)[number]

export type HealthProbe = { [K in HealthKindName]: ReadinessOf<K> }[HealthKindName]

/** Members of `health` that only `http` has. */
export const answerOptionNames = ['status', 'headers'] as const

/** JSON Schema of the members of `health` that say what is asked. */
export const healthProbeSchemas = {
  http: { ...readinessKinds.http.schema, description: 'a URL that answers with 2xx or 3xx as long as the app works' },
  tcp: { ...readinessKinds.tcp.schema, description: 'a port, or host:port, that accepts a connection' },
  command: {
    ...readinessKinds.command.schema,
    description: 'a command, as an argv, that exits with code 0 as long as the app works'
  },
  status: readyOptions.status.schema,
  headers: readyOptions.headers.schema
}
