import { Type } from '@sinclair/typebox'
import { problems } from '../plugins/problem-details.ts'
import { type ErrorCode, errorCodes } from '../src/errors.ts'
import { named } from './answers.ts'
import { Named, StringEnum } from './sessions/schema.ts'

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

/** What any request can be answered with. */
const everywhere = ['invalid-request', 'forbidden', 'host-not-allowed', 'rate-limited', 'internal']

/** The answer says when to try again. */
const passing = new Set<string>([
  'idempotency-in-flight',
  'too-many-sessions',
  'rate-limited',
  'supervisor-unavailable',
  'storage-unavailable'
])

/** The error answers of an operation, for its schema: those it names, and what any request can get. */
export function failures(...named: readonly ErrorCode[]): Record<number, object> {
  return openFailures(...named, 'unauthorized' as ErrorCode)
}

/** The same of an operation that needs no token. */
export function openFailures(...named: readonly ErrorCode[]): Record<number, object> {
  const codes = errorCodes.filter(code => named.includes(code) || everywhere.includes(code))
  return Object.fromEntries(
    [...Map.groupBy(codes, code => problems[code].status)].map(([status, codes]) => [status, failure(codes)])
  )
}

function failure(codes: readonly ErrorCode[]): object {
  const description = codes.map(code => `\`${code}\`: ${problems[code].meaning}`).join('\n\n')
  const isPassing = codes.some(code => passing.has(code))
  return {
    description,
    ...(isPassing && { headers: { 'Retry-After': { type: 'integer', description: 'In seconds.' } } }),
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' }, examples: named(...codes) } }
  }
}
