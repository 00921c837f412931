import type { ErrorCode } from '../gateway/errors.ts'

/** The errors that any request can get. */
export const everywhere = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'method-not-allowed',
  'not-acceptable',
  'host-not-allowed',
  'rate-limited',
  'internal'
] as const satisfies readonly ErrorCode[]

/** For the schema of an operation: the codes of its errors besides those that any request can get. */
export function failsWith(...codes: readonly ErrorCode[]): object {
  return { 'x-problem-codes': codes }
}
