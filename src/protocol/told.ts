import { Type } from '@sinclair/typebox'
import { healthStatuses } from '../session/update.ts'

const Progress = Type.Object({
  percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  text: Type.Optional(Type.String())
})

const Health = Type.Object({
  status: Type.Union(healthStatuses.map(status => Type.Literal(status))),
  since: Type.String(),
  failures: Type.Optional(Type.Integer({ minimum: 1 })),
  message: Type.Optional(Type.String())
})

/** What a session tells of its present run. */
export const told = { progress: Type.Optional(Progress), health: Type.Optional(Health) }
