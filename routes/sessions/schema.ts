import { type Static, Type } from '@sinclair/typebox'
import { InvalidRequest } from '../../src/gateway/errors.ts'
import { AppId, CursorText, LabelFilter, Named, SessionId, StringEnum } from '../../src/http/shapes/session.ts'
import type { sessionStates } from '../../src/session/session.ts'
import { streamNames } from '../../src/session-log/record.ts'

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

export const SessionListQuery = Type.Object(
  {
    state: Type.Optional(
      Type.Array(Named<(typeof sessionStates)[number]>('SessionState'), {
        description: 'Sessions in one of these states.'
      })
    ),
    appId: Type.Optional(Type.Array(AppId, { maxItems: 100, description: 'Sessions of one of these apps.' })),
    label: Type.Optional(LabelFilter),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Sessions on a page.' }),
    cursor: Type.Optional(CursorText)
  },
  { additionalProperties: false }
)

export const maxWaitMs = 120_000

export const WaitQuery = Type.Object(
  {
    for: StringEnum(['ready', 'stopped'] as const, { default: 'stopped', description: 'What to wait for.' }),
    timeoutMs: Type.Integer({
      minimum: 0,
      maximum: maxWaitMs,
      default: 30_000,
      description: 'How long to wait at most, in milliseconds.'
    })
  },
  { additionalProperties: false }
)

export const StopQuery = Type.Object(
  { force: Type.Boolean({ default: false, description: 'SIGKILL at once, without grace.' }) },
  { additionalProperties: false }
)

export const LogsQuery = Type.Object(
  {
    tail: Type.Integer({
      minimum: 0,
      maximum: 100_000,
      default: 200,
      description: 'Only this many of the newest lines.'
    }),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Only lines with a higher `seq`; `tail` is ignored then.'
      })
    ),
    stream: Type.Optional(
      StringEnum(streamNames, { description: 'Only the lines of this stream, and those of `gateway`.' })
    ),
    follow: Type.Boolean({ default: false, description: 'Go on until the session is stopped.' })
  },
  { additionalProperties: false }
)
export type LogsQuery = Static<typeof LogsQuery>
