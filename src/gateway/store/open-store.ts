import { type LockWait, whenUnlocked } from './locked.ts'
import { Store } from './store.ts'

/**
 * Opens the store. Another process, such as a SQLite shell, can have a transaction open: waits for its end.
 * @throws {StorageUnavailable} if the file is not a database of weft-gateway, too new, not writable, or locked for too long.
 */
export async function openStore(wait: LockWait): Promise<Store> {
  return await whenUnlocked(wait, () => new Store(wait.path))
}
