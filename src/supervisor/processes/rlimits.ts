import { type Limits, RLIMIT_LOCKS, RLIMIT_NOFILE, readLimits, setLimits } from './libc.ts'

/** select(2) can't handle more. Programs that can raise the limit up to the hard limit, as Node does. */
const usualOpenFiles = 1_024n

/** When the usual limit of open files is set: `after` if this process needs more descriptors than that itself. */
export type OpenFiles = 'before' | 'after' | 'itsOwn'

/**
 * Calls `spawn` so that the new process has `mark` as its soft limit of locks, and the usual one of open files: for the
 * time of the spawn, or right after the exec, unless the program sets its own.
 */
export function spawnWithLimits(mark: number, openFiles: OpenFiles, spawn: () => number): number {
  const locks = readLimits(RLIMIT_LOCKS)
  const files = readLimits(RLIMIT_NOFILE)
  const lowered = withUsualOpenFiles(files)
  setLimits(RLIMIT_LOCKS, { soft: BigInt(mark), hard: locks.hard })
  if (openFiles === 'before') setLimits(RLIMIT_NOFILE, lowered)
  try {
    const pid = spawn()
    if (openFiles === 'after') setLimits(RLIMIT_NOFILE, lowered, pid)
    return pid
  } finally {
    setLimits(RLIMIT_LOCKS, locks)
    if (openFiles === 'before') setLimits(RLIMIT_NOFILE, files)
  }
}

/** Lowers the limit of a process that was started without {@link spawnWithLimits}. */
export function lowerOpenFiles(pid: number): void {
  setLimits(RLIMIT_NOFILE, withUsualOpenFiles(readLimits(RLIMIT_NOFILE)), pid)
}

function withUsualOpenFiles({ soft, hard }: Limits): Limits {
  return { soft: soft < usualOpenFiles ? soft : usualOpenFiles, hard }
}
