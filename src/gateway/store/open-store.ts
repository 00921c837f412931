import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { Store } from './store.ts'

/** SQLITE_BUSY, of sqlite3.h. */
const busy = 5

/** The pause between attempts, in milliseconds. */
const retryMs = 250

export interface OpenStoreOptions {
  readonly path: string
  readonly log: Log
  /** How long to wait for the transaction of another process, in milliseconds. */
  readonly deadlineMs?: number
}

/**
 * Opens the store. Another process, such as a SQLite shell, can have a transaction open: waits for its end.
 * @throws {StorageUnavailable} if the file is not a database of weft-gateway, too new, not writable, or locked for too long.
 */
export async function openStore({ path, log, deadlineMs = 60_000 }: OpenStoreOptions): Promise<Store> {
  const begin = performance.now()
  for (let isTold = false; ; isTold = true) {
    try {
      return new Store(path)
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
