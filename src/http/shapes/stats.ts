import { Type } from '@sinclair/typebox'
import { Int32, Int64 } from './integers.ts'
import { Named } from './names.ts'
import { AppId, Timestamp } from './session.ts'

const count = (description: string) => Int32({ minimum: 0, description })
const ms = (description: string) => Type.Optional(Int64({ minimum: 0, description }))

const outcomes = {
  launched: count('Launched.'),
  ready: count('Got ready.'),
  stopped: count('Stopped.'),
  failed: count('Of those that stopped.')
}

const Counts = (description: string) => Type.Record(Type.String(), count(''), { description })

export const Durations = Type.Object(
  {
    count: count('How many there are. The other members are absent if there are none.'),
    p50: ms('The median.'),
    p90: ms('9 of 10 are not longer.'),
    p99: ms('99 of 100 are not longer.'),
    max: ms('The longest.')
  },
  { $id: 'Durations', description: 'Durations, in milliseconds.' }
)

export const StatsBucket = Type.Object(
  { time: Timestamp('When it begins.'), ...outcomes },
  { $id: 'StatsBucket', description: 'What happened to sessions in a piece of time.' }
)

export const AppStats = Type.Object(
  {
    appId: AppId,
    ...outcomes,
    live: count('Not stopped now.'),
    stops: Counts('How many stopped, by `StopReason`.'),
    readyMs: Named('Durations'),
    stopMs: Named('Durations')
  },
  {
    $id: 'AppStats',
    description:
      'What happened to the sessions of an app. `readyMs`: from the start until ready. `stopMs`: from the begin of the stop to its end.'
  }
)

export const Stats = Type.Object(
  {
    from: Timestamp('The begin of the range, no further back than the event log goes.'),
    to: Timestamp('The end of the range.'),
    bucketMs: Int32({ minimum: 1_000, description: 'The length of a bucket.' }),
    eventCursor: Type.String({ description: 'Events after this cursor are not counted.', examples: ['q3Zk.42'] }),
    sessions: Counts('How many sessions are not stopped now, by `SessionState`.'),
    buckets: Type.Array(Type.Ref('StatsBucket'), { description: 'Without gaps, oldest first.' }),
    apps: Type.Array(Type.Ref('AppStats'), { description: 'Sorted by id; at most 1000.' }),
    limits: Named('Limits')
  },
  { $id: 'Stats', description: 'What happened to sessions in a range of time, and how many there are.' }
)
