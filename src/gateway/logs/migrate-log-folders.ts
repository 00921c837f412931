import { readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sessionLogFolder } from '../../session-log/folder.ts'
import type { Store } from '../store/store.ts'

/** Renames the folders of logs, which 0.1.0 named by the session id alone; removes those without a session. */
export function renameOldLogs(logsFolder: string, store: Pick<Store, 'keyOf'>): void {
  for (const name of listFolder(logsFolder).filter(name => /^\d{1,15}$/.test(name))) {
    const key = store.keyOf(Number(name))
    const path = join(logsFolder, name)
    if (key) renameSync(path, sessionLogFolder(logsFolder, Number(name), key))
    else rmSync(path, { recursive: true, force: true })
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
