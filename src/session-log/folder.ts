import { join } from 'node:path'

/**
 * The folder of a session's log. The key is in its name because a new event log in the same state folder assigns the same
 * ids again: no session must write into the log of another.
 */
export function sessionLogFolder(logsFolder: string, sessionId: number, key: string): string {
  return join(logsFolder, `${sessionId}-${key}`)
}

/** What the name of a log's folder says; undefined if it is not the name of one. */
export function parseLogFolder(name: string): { readonly sessionId: number; readonly key: string } | undefined {
  const [, sessionId, key] = /^(\d{1,15})-([A-Za-z0-9_-]{1,64})$/.exec(name) ?? []
  return sessionId && key ? { sessionId: Number(sessionId), key } : undefined
}
