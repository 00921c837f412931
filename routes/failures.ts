import { Type } from '@sinclair/typebox'
import { problems } from '../plugins/problem-details.ts'
import { errorCodes } from '../src/errors.ts'
import { StringEnum } from './sessions/schema.ts'

export const Fault = Type.Object(
  {
    pointer: Type.String({ description: 'JSON Pointer, from `/body`, `/query`, `/params` or `/headers`.' }),
    detail: Type.String()
  },
  { $id: 'Fault', description: 'One thing wrong with a request.' }
)

export const Problem = Type.Object(
  {
    type: Type.String({ description: '`/problems/<code>`, a page of this gateway.' }),
    code: StringEnum(errorCodes),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What went wrong this time.' }),
    instance: Type.String({ description: 'The path that was asked for.' }),
    errors: Type.Optional(Type.Array(Type.Ref('Fault'))),
    session: Type.Optional(Type.Ref('Session')),
    logTail: Type.Optional(
      Type.Array(Type.String(), { description: 'The last lines the app wrote, stdout and stderr.' })
    ),
    retryAfterMs: Type.Optional(Type.Integer({ minimum: 0 }))
  },
  { $id: 'Problem', description: 'Every error (RFC 9457).' }
)

/** The error answers of an operation, for its schema. */
export function failures(...statuses: readonly number[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map(status => {
      const codes = errorCodes.filter(code => problems[code].status === status)
      const description = `${codes.map(code => `\`${code}\``).join(' or ')}.`
      return [status, { description, content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } }]
    })
  )
}
