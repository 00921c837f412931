import { readFileSync } from 'node:fs'
import { prlimit } from '../../limits/prlimit.ts'
import type { Limits } from '../../protocol/limits.ts'
import { type Program, SpawnFailed } from '../processes/process-host.ts'
import { through } from '../trampoline.ts'

/** The names in /proc/self/limits, and the options of prlimit(1). */
const resources = [
  { limit: 'openFiles', setting: 'openFiles', name: 'Max open files', option: '--nofile' },
  { limit: 'fileSizeBytes', setting: 'fileSize', name: 'Max file size', option: '--fsize' }
] as const

/** CAP_SYS_RESOURCE of capabilities(7). */
const mayRaise = 24n

/** The program, preceded by one that sets the limits of each process and then becomes it. @throws {SpawnFailed} */
export function withLimits(program: Program, limits: Limits | undefined): Program {
  const wanted = resources.flatMap(({ limit, ...resource }) => {
    const value = limits?.[limit]
    return value === undefined ? [] : [{ ...resource, value }]
  })
  const nice = limits?.nice
  const placed = nice === undefined ? program : { ...program, nice }
  if (wanted.length === 0) return placed
  const file = prlimit()
  if (!file)
    throw new SpawnFailed(`limits.${wanted[0]?.setting} needs the program prlimit of util-linux, which is not there`)
  for (const { name, setting, value } of wanted) requireRoom(name, setting, value)
  const options = wanted.map(({ option, value }) => `${option}=${value}:${value}`)
  return { ...through(placed, [file, ...options, '--']), hasOpenFiles: limits?.openFiles !== undefined }
}

/** A limit above that of this process: only who has the right may give it. */
function requireRoom(name: string, setting: string, value: number): void {
  const hard = new RegExp(`^${name} +\\S+ +(\\d+)`, 'm').exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
  if (hard === undefined || value <= Number(hard) || hasRight()) return
  throw new SpawnFailed(`limits.${setting} is ${value}, and the gateway itself may have ${hard} at most`)
}

function hasRight(): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
  return effective !== undefined && ((BigInt(`0x${effective}`) >> mayRaise) & 1n) === 1n
}
