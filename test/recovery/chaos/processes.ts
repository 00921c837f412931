import { readFileSync } from 'node:fs'
import { allPids } from '../../../src/supervisor/processes/proc.ts'

/** Living processes of the sessions of a state folder, by session: every app is marked with the folder. */
export function processesBySession(stateDir: string): Map<number, number[]> {
  const mark = `WEFT_TEST_STATE=${stateDir}\0`
  const found = new Map<number, number[]>()
  for (const pid of allPids()) {
    const environment = read(`/proc/${pid}/environ`)
    if (!environment.includes(mark)) continue
    const id = Number(/(?:^|\0)WEFT_SESSION_ID=(\d+)\0/.exec(environment)?.[1])
    found.set(id, [...(found.get(id) ?? []), pid])
  }
  return found
}

/** Memory that is resident, in MiB; 0 where there is no such process. */
export function residentMib(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** Where the process is not gone already. */
export function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
