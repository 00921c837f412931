import { Type } from '@sinclair/typebox'
import { type LineOrigin, lineOrigins } from '../../session-log/record.ts'
import { Int32, Int64 } from './integers.ts'
import { Named, StringEnum } from './names.ts'
import { Timestamp } from './session.ts'

export const LogStream = StringEnum(lineOrigins, {
  $id: 'LogStream',
  description:
    'Where a line comes from. Lines of `gateway` report missing lines of the app, and lines that looked like readiness but did not count.'
})

export const LogLine = Type.Object(
  {
    seq: Int64({ minimum: 1, description: 'The number of the line, counted over both streams.' }),
    time: Timestamp('When the line was received.'),
    stream: Named<LineOrigin>('LogStream'),
    line: Type.String({ description: 'The text, without its line end.' }),
    cutBytes: Type.Optional(
      Int32({ minimum: 1, description: 'How many bytes were cut off the end of an overlong line.' })
    ),
    missing: Type.Optional(Int32({ minimum: 1, description: 'How many lines are missing before the next one.' }))
  },
  { $id: 'LogLine', description: 'A line of the log of a session.' }
)

export const LogLinePage = Type.Object(
  {
    items: Type.Array(Type.Ref('LogLine')),
    firstSeq: Int64({ minimum: 1, description: 'The `seq` of the oldest line that is kept; 1 before the first.' }),
    lastSeq: Int64({ minimum: 0, description: 'The `seq` of the newest line; 0 before the first.' })
  },
  { $id: 'LogLinePage', description: 'Lines of a log, oldest first, and how far the log goes.' }
)

export const LogEnd = Type.Object(
  { type: Type.Literal('end'), state: Type.Literal('stopped') },
  { $id: 'LogEnd', description: 'The last message of a followed log: the session is stopped, and that was all.' }
)

/** What a followed log consists of where it is not plain text. */
export const LogMessage = Type.Unsafe({
  $id: 'LogMessage',
  description: 'A line, or the end.',
  oneOf: [{ $ref: 'LogLine#' }, { $ref: 'LogEnd#' }]
})
