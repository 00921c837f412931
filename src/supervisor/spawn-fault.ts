import { existsSync } from 'node:fs'
import { interpreterOf } from '../script-interpreter.ts'
import { type Program, SpawnFailed } from './processes/process-host.ts'

/** The error of a spawn with the file that it is about and, for a script, its interpreter. */
export function spawnFault(error: Error, { file }: Program): SpawnFailed {
  const [interpreter] = interpreterOf(file) ?? []
  const isMissing = interpreter !== undefined && !existsSync(interpreter)
  const subject = isMissing
    ? `${file} needs the interpreter ${interpreter}, which is not there`
    : `${file} can't be run`
  return new SpawnFailed(`${subject}: ${error.message}`, { cause: error })
}
