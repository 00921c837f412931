import { Type } from '@sinclair/typebox'
import { OneString } from './names.ts'

export const Health = Type.Object(
  { status: OneString('ok', { description: '`ok`.' }) },
  { $id: 'Health', description: 'The check has passed.' }
)
