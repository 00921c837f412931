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
  /** Resident, pages of files that several of these processes have mapped counted once. */
  readonly onceKb: number
}

/**
 * The memory of all these processes together. Not by the kernel's PSS, which is smaller for each further process of the
 * machine that runs the same program file, such as this one.
 */
export function memoryOf(pids: readonly number[]): Memory {
  const mappings = pids.flatMap(mappingsOf)
  const rssKb = mappings.reduce((sum, { rssKb }) => sum + rssKb, 0)
  const largest = new Map<string, number>()
  for (const { name, rssKb } of mappings) largest.set(name, Math.max(largest.get(name) ?? 0, rssKb))
  return { rssKb, onceKb: [...largest.values()].reduce((sum, kb) => sum + kb, 0) }
}

interface Mapping {
  /** The part of the file that is mapped; unique for memory without a file, and for what may be written to. */
  readonly name: string
  readonly rssKb: number
}

function mappingsOf(pid: number): Mapping[] {
  const text = readFileSync(`/proc/${pid}/smaps`, 'latin1')
  const heads =
    /^(?<range>[0-9a-f]+-[0-9a-f]+) (?<mode>\S+) (?<offset>\S+) \S+ (?<inode>\d+)[\s\S]*?^Rss: +(?<kb>\d+) kB$/gm
  return Array.from(text.matchAll(heads), ({ groups: { range, mode, offset, inode, kb } = {} }) => {
    const isShared = inode !== '0' && !mode?.includes('w')
    return { name: isShared ? `${inode}:${offset}:${mode}` : `${pid}:${range}`, rssKb: Number(kb) }
  })
}

/** CPU time that the threads of these processes have used, in milliseconds; of threads that have ended nothing is known. */
export function cpuMsOf(pids: readonly number[]): number {
  const threads = pids.flatMap(pid => readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}`))
  return threads.reduce((total, thread) => {
    const [nanoseconds] = readFileSync(`${thread}/schedstat`, 'latin1').split(' ')
    return total + Number(nanoseconds) / 1e6
  }, 0)
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
  } catch {
    return undefined
  }
}
