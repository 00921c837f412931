import { closeSync } from 'node:fs'
import { keepSpares, readStartTime, withDescriptor } from './proc.ts'

/** Identifies a process: its pid alone can be reused once it has ended. */
export interface ProcessName {
  readonly pid: number
  readonly startTime: number
}

/** Sends a signal to this process only, never to one that reuses its pid. False if it is gone. */
export type SendSignal = (target: ProcessName, signal: NodeJS.Signals) => boolean

/** Functions of libc.ts, which can be loaded only if FFI works. */
export interface Pidfds {
  openPidfd(pid: number): number
  signalPidfd(fd: number, signal: NodeJS.Signals): void
}

/** The best implementation for this machine. */
export function chooseSendSignal(pidfds: Pidfds | undefined): SendSignal {
  try {
    if (!pidfds) return afterCheck
    closeSync(pidfds.openPidfd(process.pid))
    return throughPidfd(pidfds)
  } catch {
    return afterCheck
  }
}

/**
 * A pidfd refers to one process only. If the pid has the expected start time after the pidfd was opened, it had it before,
 * too, so the pidfd refers to the expected process, and the signal can't reach another.
 */
function throughPidfd(pidfds: Pidfds): SendSignal {
  return ({ pid, startTime }, signal) => {
    const fd = withDescriptor(() => pidfds.openPidfd(pid))
    if (fd === undefined) return false
    try {
      return readStartTime(pid) === startTime && targetExists(() => pidfds.signalPidfd(fd, signal))
    } finally {
      closeSync(fd)
      keepSpares()
    }
  }
}

/**
 * Without pidfds (no FFI, or Linux before 5.3) the start time is read directly before the call. Pids are assigned in a
 * cycle: to hit another process, this one would have to end and all other pids be used between these two system calls.
 */
const afterCheck: SendSignal = ({ pid, startTime }, signal) =>
  readStartTime(pid) === startTime && targetExists(() => process.kill(pid, signal))

/** Sends a signal to a process group. Only for groups whose id can't have been reused; false if it is empty. */
export function sendToGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return targetExists(() => process.kill(-group, signal))
}

/** Sends a signal to an unreaped child of this process, whose pid can't have been reused. */
export function sendToChild(pid: number, signal: NodeJS.Signals): boolean {
  return targetExists(() => process.kill(pid, signal))
}

/** True also for EPERM: the process exists, though this user may not signal it. */
function targetExists(send: () => void): boolean {
  try {
    send()
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
