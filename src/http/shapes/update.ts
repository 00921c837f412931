import { Type } from '@sinclair/typebox'
import { type HealthStatus as HealthStatusName, healthStatuses } from '../../session/update.ts'
import { Int32 } from './integers.ts'
import { Named, OpenEnum } from './names.ts'

export const Progress = Type.Object(
  {
    percent: Type.Optional(Type.Number({ format: 'double', minimum: 0, maximum: 100 })),
    text: Type.Optional(Type.String())
  },
  { $id: 'Progress', description: 'What the app says of its progress in this run.' }
)

export const HealthStatus = OpenEnum(healthStatuses, {
  $id: 'HealthStatus',
  description: 'Whether as many checks as count have failed in a row.'
})

export const Health = Type.Object(
  {
    status: Named<HealthStatusName>('HealthStatus'),
    since: Type.String({ format: 'date-time', description: 'When it got this status.' }),
    failures: Type.Optional(
      Int32({ minimum: 1, description: 'How many checks have failed in a row, up to the last.' })
    ),
    message: Type.Optional(Type.String({ description: 'What the last check found, if it failed.' }))
  },
  { $id: 'SessionHealth', description: 'What the checks of its health have found in this run.' }
)
