import { closeSync } from 'node:fs'
import { keepSpares, readStartTime, withDescriptor } from './proc.ts'

/** A process, named for good: the pid alone may be somebody else's once it has ended. */
export interface ProcessName {
  readonly pid: number
  readonly startTime: number
}

/** Sends a signal to that very process. False if it is gone. */
export type SendSignal = (target: ProcessName, signal: NodeJS.Signals) => boolean

/** What is needed of libc.ts, which is there only where FFI works. */
export interface Pidfds {
  openPidfd(pid: number): number
  signalPidfd(fd: number, signal: NodeJS.Signals): void
}

/** The best way of this machine. */
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
 * A pidfd names one process for good. Whoever has the pid and the right start time after it was opened had them
 * before, too: so that is the process it names, and the signal can reach no other, whatever happens in between.
 */
function throughPidfd(pidfds: Pidfds): SendSignal {
  return ({ pid, startTime }, signal) => {
    const fd = withDescriptor(() => pidfds.openPidfd(pid))
    if (fd === undefined) return false
    try {
      return readStartTime(pid) === startTime && isSent(() => pidfds.signalPidfd(fd, signal))
    } finally {
      closeSync(fd)
      keepSpares()
    }
  }
}

/**
 * Without pidfds (no FFI, or Linux before 5.3) the start time is read directly before the call. Pids are given out in a
 * circle: to hit a stranger the process would have to end and all other pids be used up between these two system calls.
 */
const afterCheck: SendSignal = ({ pid, startTime }, signal) =>
  readStartTime(pid) === startTime && isSent(() => process.kill(pid, signal))

/** Sends a signal to a process group. Only for groups whose id can't have been given to others; false if it is empty. */
export function sendToGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  return isSent(() => process.kill(-group, signal))
}

/** Sends a signal to an unreaped child of this process, whose pid can't be anybody else's. */
export function sendToChild(pid: number, signal: NodeJS.Signals): boolean {
  return isSent(() => process.kill(pid, signal))
}

/** One that may not be signalled is there nevertheless. */
function isSent(send: () => void): boolean {
  try {
    send()
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
