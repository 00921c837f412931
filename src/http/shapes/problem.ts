import { Type } from '@sinclair/typebox'
import { type ErrorCode, errorCodes } from '../../gateway/errors.ts'
import { Int32 } from './integers.ts'
import { Named, OpenEnum } from './names.ts'

export const Fault = Type.Object(
  {
    pointer: Type.String({ description: 'JSON Pointer, from `/body`, `/query`, `/params` or `/headers`.' }),
    detail: Type.String({ description: 'What is wrong there, for people.' })
  },
  { $id: 'Fault', description: 'One thing wrong with a request.' }
)

export const ErrorCodeName = OpenEnum(errorCodes, {
  $id: 'ErrorCode',
  description: 'The kind of the error; `/problems/{code}` explains it.'
})

export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: '`/problems/<code>`, a page of this gateway.' }),
    code: Named<ErrorCode>('ErrorCode'),
    title: Type.String({ description: 'A short name of the error, always the same for a `code`.' }),
    status: Int32({ minimum: 400, maximum: 599, description: 'The HTTP status.' }),
    detail: Type.String({ description: 'What went wrong in this request, for people.' }),
    instance: Type.String({ description: 'The path of the request.' }),
    errors: Type.Optional(
      Type.Array(Type.Ref('Fault'), { description: 'With `invalid-request`: what is wrong, and where.' })
    ),
    session: Type.Optional(Type.Ref('Session')),
    logTail: Type.Optional(
      Type.Array(Type.String(), {
        description: 'With `launch-failed`: the last lines that the app wrote to stdout and stderr.'
      })
    ),
    retryAfterMs: Type.Optional(
      Int32({
        minimum: 0,
        description: 'After how many milliseconds to try again; `Retry-After` has the same in seconds.'
      })
    )
  },
  { $id: 'Problem', description: 'An error (RFC 9457).' }
)
