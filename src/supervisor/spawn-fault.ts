import { existsSync } from 'node:fs'
import { interpreterOf } from '../script-interpreter.ts'
import { foreignMachine } from './processes/foreign-program.ts'
import { headOf } from './processes/has-interpreter.ts'
import { type Program, SpawnFailed } from './processes/process-host.ts'

/** The error of a spawn with the file that it is about and, for a script, its interpreter. */
export function spawnFault(error: Error, { file }: Program): SpawnFailed {
  return new SpawnFailed(`${subject(file)}: ${error.message}`, { cause: error })
}

function subject(file: string): string {
  const [interpreter] = interpreterOf(file) ?? []
  const head = headOf(file) ?? Buffer.from([0])
  if (interpreter !== undefined && !existsSync(interpreter)) {
    return `${file} needs the interpreter ${interpreter}, which is not there`
  }
  if (/^#![^\n]*\r\n/.test(head.toString('latin1'))) {
    return `the first line of ${file} ends in a carriage return, as on Windows, which counts as part of its interpreter's name`
  }
  if (!head.includes(0) && interpreter === undefined) {
    return `${file} can't be run: its first line names no interpreter, as #!/bin/sh does`
  }
  const machine = foreignMachine(head)
  return machine === undefined
    ? `${file} can't be run`
    : `${file} is for ${machine}, and this machine is ${process.arch}`
}
