import { Type } from '@sinclair/typebox'
import { Int32 } from '../../src/http/shapes/integers.ts'
import { AppFilter, LabelFilter } from '../../src/http/shapes/session.ts'

const dayMs = 86_400_000

export const StatsQuery = Type.Object(
  {
    from: Type.Optional(
      Type.String({ format: 'date-time', description: 'From this time on; an hour before `to` by default.' })
    ),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'Before this time; now by default.' })),
    bucketMs: Int32({
      minimum: 1_000,
      maximum: dayMs,
      default: 60_000,
      description: 'The length of a bucket, in milliseconds. There can be at most 3600 buckets.'
    }),
    appId: Type.Optional(AppFilter),
    label: Type.Optional(LabelFilter)
  },
  { additionalProperties: false }
)
