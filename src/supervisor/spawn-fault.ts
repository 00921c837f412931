import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { type Program, SpawnFailed } from './processes/process-host.ts'

/** How much of a script its first line can take; see execve(2). */
const maxHeadBytes = 256

/** The error of a spawn with the file that it is about and, for a script, its interpreter. */
export function spawnFault(error: Error, { file }: Program): SpawnFailed {
  const interpreter = interpreterOf(file)
  const isMissing = interpreter !== undefined && !existsSync(interpreter)
  const subject = isMissing
    ? `${file} needs the interpreter ${interpreter}, which is not there`
    : `${file} can't be run`
  return new SpawnFailed(`${subject}: ${error.message}`, { cause: error })
}

/** The program that `#!` names; undefined if the file is no script. */
function interpreterOf(file: string): string | undefined {
  const head = Buffer.alloc(maxHeadBytes)
  try {
    const fd = openSync(file, 'r')
    try {
      const length = readSync(fd, head)
      return /^#![ \t]*([^\s]+)/.exec(head.toString('utf8', 0, length))?.[1]
    } finally {
      closeSync(fd)
    }
  } catch {
    return undefined
  }
}
