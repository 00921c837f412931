import { Type } from '@sinclair/typebox'
import { type ErrorCode, errorCodes } from '../../gateway/errors.ts'
import { Named, StringEnum } from './session.ts'

export const Fault = Type.Object(
  {
    pointer: Type.String({ description: 'JSON Pointer, from `/body`, `/query`, `/params` or `/headers`.' }),
    detail: Type.String({ description: 'What is wrong there.' })
  },
  { $id: 'Fault', description: 'One thing wrong with a request.' }
)

export const ErrorCodeName = StringEnum(errorCodes, {
  $id: 'ErrorCode',
  description: '`/problems/{code}` explains each.'
})

export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: '`/problems/<code>`, a page of this gateway.' }),
    code: Named<ErrorCode>('ErrorCode'),
    title: Type.String({ description: 'The same for each `code`.' }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What went wrong this time.' }),
    instance: Type.String({ description: 'The path that was asked for.' }),
    errors: Type.Optional(
      Type.Array(Type.Ref('Fault'), { description: 'Of `invalid-request`: where the faults are.' })
    ),
    session: Type.Optional(Type.Ref('Session')),
    logTail: Type.Optional(
      Type.Array(Type.String(), { description: 'The last lines the app wrote, stdout and stderr.' })
    ),
    retryAfterMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'When to try again, in milliseconds; in seconds in `Retry-After`.' })
    )
  },
  { $id: 'Problem', description: 'Every error (RFC 9457).' }
)
