import { ProgramNotFound } from '../../resolve-program.ts'

/** Was something not started because its program, or a file that it needs, is not there? */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof ProgramNotFound || /\bENOENT\b/.test(error.message) || isMissing(error.cause)
}
