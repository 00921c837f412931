import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { childrenOf } from '../../src/supervisor/processes/proc.ts'

/* What processes cost, as /proc tells. */

/** This process and those of its descendants that run the same program: for a gateway its supervisor, not the apps. */
export function processesOf(pid: number): readonly number[] {
  const program = programOf(pid)
  const found = [pid]
  for (const parent of found) found.push(...childrenOf(parent).filter(child => programOf(child) === program))
  return found
}

export interface Memory {
  /** Resident, pages shared with other processes counted in each. */
  readonly rssKb: number
  /** Resident, shared pages divided among the processes that share them. */
  readonly pssKb: number
}

/** The memory of all these processes together. */
export function memoryOf(pids: readonly number[]): Memory {
  const rollups = pids.map(pid => readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))
  const sum = (field: string) => rollups.reduce((total, text) => total + Number(fieldOf(text, field)), 0)
  return { rssKb: sum('Rss'), pssKb: sum('Pss') }
}

/** CPU time that the threads of these processes have used, in milliseconds; of threads that have ended nothing is known. */
export function cpuMsOf(pids: readonly number[]): number {
  const threads = pids.flatMap(pid => readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}`))
  return threads.reduce((total, thread) => {
    const [nanoseconds] = readFileSync(`${thread}/schedstat`, 'latin1').split(' ')
    return total + Number(nanoseconds) / 1e6
  }, 0)
}

function fieldOf(text: string, field: string): string | undefined {
  return new RegExp(`^${field}: +(\\d+) kB$`, 'm').exec(text)?.[1]
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return undefined
  }
}
