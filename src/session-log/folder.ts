import { lstat, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * The folder of a session's log. The key is in its name because a new event log in the same state folder assigns the same
 * ids again: no session must write into the log of another.
 */
export function sessionLogFolder(logsFolder: string, sessionId: number, key: string): string {
  return join(logsFolder, `${sessionId}-${key}`)
}

/** Makes the folder of a session's log. @throws as {@link requireNoLink} */
export async function makeSessionLogFolder(folder: string): Promise<void> {
  await requireNoLink(folder)
  await mkdir(folder, { recursive: true, mode: 0o700 })
}

/** @throws if the folder of a log, or that of all logs, is a symbolic link, which could lead anywhere */
export async function requireNoLink(folder: string): Promise<void> {
  for (const path of [dirname(folder), folder]) {
    if (await isLink(path)) throw new Error(`${path} is a symbolic link, and those are not followed`)
  }
}

/** False if there is nothing. */
export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false
}

/** What the name of a log's folder says; undefined if it is not the name of one. */
export function parseLogFolder(name: string): { readonly sessionId: number; readonly key: string } | undefined {
  const [, sessionId, key] = /^(\d{1,15})-([A-Za-z0-9_-]{1,64})$/.exec(name) ?? []
  return sessionId && key ? { sessionId: Number(sessionId), key } : undefined
}
