import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.ts'

/** SQLITE_BUSY, of sqlite3.h. */
const busy = 5

/** The pause between attempts, in milliseconds. */
const retryMs = 250

export interface LockWait {
  readonly path: string
  readonly log: Log
  /** How long to wait for the transaction of another process, in milliseconds. */
  readonly deadlineMs?: number
}

/**
 * Resolves with the result of `action`, which is tried again as long as another process, such as a SQLite shell, has a
 * transaction open on the database.
 * @throws what `action` throws for other reasons, and {@link LockedTooLong}
 */
export async function whenUnlocked<T>(
  { path, log, deadlineMs = 60_000 }: LockWait,
  action: () => T | Promise<T>
): Promise<T> {
  const begin = performance.now()
  for (let isTold = false; ; isTold = true) {
    try {
      return await action()
    } catch (error) {
      if (!isLocked(error)) throw error
      const waitedMs = Math.round(performance.now() - begin)
      if (waitedMs > deadlineMs) throw new LockedTooLong(path, waitedMs)
    }
    if (!isTold) log.warn({ path }, 'waiting for another process to end its transaction on the database')
    await delay(retryMs)
  }
}

class LockedTooLong extends Error {
  constructor(path: string, waitedMs: number) {
    const seconds = Math.round(waitedMs / 1_000)
    super(
      `Another process has had a transaction open on ${path} for ${seconds} s. End it (fuser ${path}), and start again.`
    )
  }
}

function isLocked(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { errcode = 0 } = error as { readonly errcode?: number }
  return (errcode & 0xff) === busy || isLocked(error.cause)
}
