import { readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/* What an app would inherit of this process though it is meant for the supervisor alone. */

const nice = getPriority()
const oomScoreAdjust = readOomScoreAdjust()

/** Holds for this whole process: all its own files have explicit modes. */
export function resetUmask(): void {
  process.umask(0o022)
}

/** A service's Nice= and OOMScoreAdjust= protect the supervisor, not what it starts. Costs nothing where they are 0. */
export function resetPriority(pid: number): void {
  if (nice !== 0) ifAllowed(() => setPriority(pid, 0))
  if (oomScoreAdjust !== 0) ifAllowed(() => writeFileSync(`/proc/${pid}/oom_score_adj`, '0'))
}

function readOomScoreAdjust(): number {
  try {
    return Number(readFileSync('/proc/self/oom_score_adj', 'utf8'))
  } catch {
    return 0
  }
}

function ifAllowed(change: () => void): void {
  try {
    change()
  } catch {
    // The process has ended, or this user may not.
  }
}
