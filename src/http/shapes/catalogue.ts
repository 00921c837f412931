import { Type } from '@sinclair/typebox'
import { type ReadinessKindName, readinessKindNames } from '../../readiness/kinds.ts'
import { Int32, Int64 } from './integers.ts'
import { Named, OpenEnum } from './names.ts'
import { AppId } from './session.ts'

export const ReadinessKind = OpenEnum(readinessKindNames, {
  $id: 'ReadinessKind',
  description: 'How it is found out that an app is ready.'
})

export const AppKind = OpenEnum(['service', 'job'] as const, {
  $id: 'AppKind',
  description: '`job`: it does its work and exits.'
})

export const App = Type.Object(
  {
    id: AppId,
    title: Type.Optional(Type.String({ description: 'The name to show to people.' })),
    description: Type.Optional(Type.String({ description: 'What the app does, for people.' })),
    clientEnv: Type.Array(Type.String(), { description: 'Names of the environment variables that a launch may set.' }),
    kind: Named<'service' | 'job'>('AppKind'),
    readiness: Named<ReadinessKindName>('ReadinessKind'),
    readyTimeoutMs: Int32({ minimum: 1, description: 'How long it can take to be ready.' }),
    stopSignal: Type.String({ description: 'The first signal of a stop.', examples: ['SIGTERM'] }),
    stopGraceMs: Int32({ minimum: 0, description: 'How long it can take to stop before SIGKILL.' }),
    maxSessions: Type.Optional(Int32({ minimum: 0, description: 'How many sessions it can have at the same time.' })),
    lifetimeMs: Type.Optional(Int64({ minimum: 1, description: 'How long its sessions live.' })),
    leaseMs: Type.Optional(Int64({ minimum: 1, description: 'How long they live without a renewal.' })),
    maxLifetimeMs: Type.Optional(
      Int64({ minimum: 1, description: 'The longest lifetime and lease that a client can ask for.' })
    ),
    params: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>(
        Type.Object(
          {},
          { additionalProperties: true, description: 'What a launch can set in `params`, as JSON Schema.' }
        )
      )
    ),
    usesPort: Type.Boolean({ description: 'Does a session get a port?' }),
    version: Type.Optional(Type.String({ description: 'Of an installed app.' })),
    capabilities: Type.Optional(
      Type.Array(Type.String(), { description: 'What an installed app asks the runtime for.' })
    )
  },
  { $id: 'App', description: 'An app of the catalogue.' }
)

export const AppList = Type.Object(
  { items: Type.Array(Type.Ref('App')) },
  { $id: 'AppList', description: 'The catalogue, sorted by id.' }
)
