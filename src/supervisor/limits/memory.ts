import { readFileSync } from 'node:fs'

/**
 * The memory that processes have together. The resident memory of each counts what they share several times, so that a
 * server with many workers seems to have many times what it has. Each gets its part of that here (PSS); where that can't
 * be read, only what a process does not share with files counts.
 */
export function memoryOf(processes: readonly { readonly pid: number }[]): number {
  return processes.reduce((sum, { pid }) => sum + (proportional(pid) ?? anonymous(pid)), 0)
}

function proportional(pid: number): number | undefined {
  return kibibytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m)
}

function anonymous(pid: number): number {
  return kibibytes(`/proc/${pid}/status`, /^RssAnon:\s+(\d+) kB$/m) ?? 0
}

function kibibytes(file: string, line: RegExp): number | undefined {
  try {
    const [, count] = line.exec(readFileSync(file, 'latin1')) ?? []
    return count === undefined ? undefined : Number(count) * 1_024
  } catch {
    // It has ended, or this user may not read it.
    return undefined
  }
}
