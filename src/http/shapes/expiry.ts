import { Type } from '@sinclair/typebox'
import { Int64 } from './integers.ts'
import { Named, OpenEnum } from './names.ts'

const maxMs = 31_536_000_000

export const lifetimeMs = Int64({
  minimum: 1,
  maximum: maxMs,
  description: 'How long it lives, from its first start; the time in the queue does not count.'
})

export const leaseMs = Int64({ minimum: 1, maximum: maxMs, description: 'How long it lives without a renewal.' })

export const ExpiryCause = OpenEnum(['lifetime', 'lease'] as const, {
  $id: 'ExpiryCause',
  description: 'What ends a session.'
})

export const Expiry = Type.Object(
  {
    at: Type.String({ format: 'date-time' }),
    why: Named<'lifetime' | 'lease'>('ExpiryCause')
  },
  { $id: 'Expiry', description: 'When the session will be stopped, and why.' }
)
