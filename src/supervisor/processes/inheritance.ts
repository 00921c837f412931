import { readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/* Attributes of the supervisor that apps must not inherit. */

const nice = getPriority()
const oomScoreAdjust = readOomScoreAdjust()

/** Resets the umask of this whole process, whose own files have explicit modes. */
export function resetUmask(): void {
  process.umask(0o022)
}

/** Resets Nice= and OOMScoreAdjust= of a systemd unit, which are for the supervisor, not for apps. No cost if they are 0. */
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
    // The process has ended, or this user is not permitted.
  }
}
