import { Type } from '@sinclair/typebox'

export const Health = Type.Object(
  { status: Type.Literal('ok') },
  { $id: 'Health', description: 'The check has passed.' }
)
