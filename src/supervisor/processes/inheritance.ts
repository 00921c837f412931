import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { readProcess } from './proc.ts'

/* Attributes of the supervisor that apps must not inherit. */

/** Apps have 0. */
const supervisorNice = -10

const usualUmask = 0o022

/** The nice value that an app would start with. */
let inheritedNice = getPriority()
const oomScoreAdjust = readOomScoreAdjust()

/**
 * Raises the priority of this process, if that is permitted: apps that fork without end must not delay other sessions.
 * If FFI works, the kernel gives its children the usual one, else {@link setPriorityOf} does.
 */
export async function raisePriority(): Promise<void> {
  ifAllowed(() => {
    // The nice value is an attribute of each thread.
    for (const thread of readdirSync('/proc/self/task')) raiseThread(Number(thread))
    // Nice values count within an autogroup only, see sched(7). It is shared with other processes of the Linux session.
    if (readProcess(process.pid)?.session === process.pid) writeFileSync('/proc/self/autogroup', `${supervisorNice}`)
  })
  inheritedNice = getPriority()
  const libc = await import('./libc.ts').catch(() => undefined)
  if (inheritedNice < 0 && libc?.resetNiceOnFork()) inheritedNice = 0
}

/** Resets the umask of this whole process, whose own files have explicit modes. */
export function resetUmask(): void {
  process.umask(usualUmask)
}

/** Spawns with another umask, which a new process inherits. Files that other threads make meanwhile keep the owner's bits. */
export function withUmask<T>(umask: number | undefined, spawn: () => T): T {
  if (umask === undefined) return spawn()
  process.umask(umask)
  try {
    return spawn()
  } finally {
    process.umask(usualUmask)
  }
}

/**
 * Sets the nice value of an app. Nice= and OOMScoreAdjust= of a systemd unit are for the supervisor, not for apps. No cost
 * if they are 0.
 */
export function setPriorityOf(pid: number, nice = 0): void {
  if (inheritedNice !== nice) ifAllowed(() => setPriority(pid, nice))
  // The app began a Linux session, and with it an autogroup, which competes with others by its own value.
  if (nice !== 0) ifAllowed(() => writeFileSync(`/proc/${pid}/autogroup`, `${nice}`))
  if (oomScoreAdjust !== 0) ifAllowed(() => writeFileSync(`/proc/${pid}/oom_score_adj`, '0'))
}

function raiseThread(thread: number): void {
  if (getPriority(thread) > supervisorNice) setPriority(thread, supervisorNice)
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
