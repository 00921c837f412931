import { type ErrorCode, errorCodes } from '../gateway/errors.ts'
import { problems } from './problems.ts'

/** Errors that any request can get. */
const everywhere = ['invalid-request', 'forbidden', 'host-not-allowed', 'rate-limited', 'internal']

/** Errors with `Retry-After`. */
const passing = new Set<string>([
  'idempotency-in-flight',
  'too-many-sessions',
  'rate-limited',
  'supervisor-unavailable',
  'storage-unavailable'
])

/** The error answers of an operation, for its schema: those it names, and those that any request can get. */
export function failures(...named: readonly ErrorCode[]): Record<number, object> {
  return openFailures(...named, 'unauthorized' as ErrorCode)
}

/** The same for an operation that needs no token. */
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
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' }, examples: examplesOf(codes) } }
  }
}

/** The examples of problems are components of the document, named by their codes. */
function examplesOf(codes: readonly ErrorCode[]): object {
  return Object.fromEntries(codes.map(code => [code, { $ref: `#/components/examples/${code}` }]))
}
