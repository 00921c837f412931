import { type Static, Type } from '@sinclair/typebox'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { Int32, Int64 } from '../../src/http/shapes/integers.ts'
import { Named } from '../../src/http/shapes/names.ts'
import { AppFilter, CursorText, LabelFilter, PageLimit, SessionId } from '../../src/http/shapes/session.ts'
import type { SessionState, StopReason } from '../../src/session/session.ts'
import type { LineOrigin } from '../../src/session-log/record.ts'

export const SessionParams = Type.Object({ id: SessionId })

/**
 * JavaScript parses many spellings of a number, such as `1e0`: in a path only the decimal one is accepted.
 * @throws {InvalidRequest}
 */
export function requireSessionId(params: unknown): void {
  const { id } = params as { readonly id?: string }
  if (id === undefined || /^[1-9][0-9]{0,15}$/.test(id)) return
  throw new InvalidRequest([{ pointer: '/params/id', detail: 'must be a positive whole number' }])
}

const StateFilter = Type.Array(Named<SessionState>('SessionState'), { description: 'In one of these states.' })

export const SessionListQuery = Type.Object(
  {
    state: Type.Optional(StateFilter),
    appId: Type.Optional(AppFilter),
    label: Type.Optional(LabelFilter),
    reason: Type.Optional(
      Type.Array(Named<StopReason>('StopReason'), { description: 'Stopped for one of these reasons.' })
    ),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Not stopped before this time.' })),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'Launched until this time.' })),
    order: Named<'oldest' | 'newest'>('SessionOrder', { default: 'oldest' }),
    limit: PageLimit,
    cursor: Type.Optional(CursorText)
  },
  { additionalProperties: false }
)

export const maxWaitMs = 120_000

const WaitMs = Type.Optional(
  Int32({
    minimum: 0,
    maximum: maxWaitMs,
    description: 'How long to wait for the result, in milliseconds; without it, not at all.'
  })
)

export const LaunchQuery = Type.Object({ waitMs: WaitMs }, { additionalProperties: false })

export const StopQuery = Type.Object(
  { force: Type.Boolean({ default: false, description: 'SIGKILL at once, without grace.' }), waitMs: WaitMs },
  { additionalProperties: false }
)

export const WaitQuery = Type.Object(
  {
    until: Named<'ready' | 'stopped' | 'completed'>('WaitTarget', {
      default: 'stopped',
      description: 'What to wait for; `stopped` by default.'
    }),
    timeoutMs: Int32({
      minimum: 0,
      maximum: maxWaitMs,
      default: 30_000,
      description: 'How long to wait at most, in milliseconds.'
    })
  },
  { additionalProperties: false }
)

const tail = { minimum: 0, maximum: 100_000, description: 'Only this many of the newest lines.' }

const After = Int64({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Only lines with a higher `seq`.'
})

export const LogsQuery = Type.Object(
  {
    tail: Int32({ ...tail, default: 200 }),
    after: Type.Optional(After),
    stream: Type.Optional(Named<LineOrigin>('LogStream')),
    follow: Type.Boolean({ default: false, description: 'Go on until the session is stopped.' }),
    heartbeatMs: Int32({
      minimum: 100,
      maximum: 3_600_000,
      default: 15_000,
      description:
        'Of `text/event-stream` that follows: after how long without a line to send a comment, in milliseconds.'
    })
  },
  { additionalProperties: false }
)
export type LogsQuery = Static<typeof LogsQuery>

export const LogLinesQuery = Type.Object(
  {
    tail: Int32({ ...tail, default: 200 }),
    before: Type.Optional(
      Int64({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Only lines with a lower `seq`, the newest.' })
    ),
    after: Type.Optional(After),
    stream: Type.Optional(Named<LineOrigin>('LogStream')),
    q: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'Only lines that contain this text, as it is.' })
    ),
    limit: Int32({ minimum: 1, maximum: 1000, default: 1000, description: 'Lines on a page.' })
  },
  { additionalProperties: false }
)
