import { closeSync, openSync, renameSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'

/** All pages in one step: a copy in many steps would start over with each write of a running gateway. */
const wholeRate = 0x7fff_ffff

/**
 * Copies the database at `path`, as of one moment and while a gateway may be using it, into a new file at `to`.
 * @throws if the database can't be read or the copy can't be written; then there is no file at `to`.
 */
export async function backUp(path: string, to: string): Promise<void> {
  const unfinished = `${to}.unfinished`
  reserve(to)
  try {
    reserve(unfinished)
    const source = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
    try {
      await backup(source, unfinished, { rate: wholeRate })
    } finally {
      source.close()
    }
    markAsCopy(unfinished)
    renameSync(unfinished, to)
  } catch (error) {
    for (const file of [unfinished, to]) rmSync(file, { force: true })
    throw new Error(`No backup of ${path} was made: ${(error as Error).message}`, { cause: error })
  }
}

/** Creates the file, readable by this user only. */
function reserve(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new Error(`${path}: the file exists already`, { cause: error })
  }
}

/** Records that the copy has no high-water mark, so that a gateway that starts on it makes a new epoch. */
function markAsCopy(path: string): void {
  const copy = new DatabaseSync(path)
  try {
    copy.exec("INSERT OR REPLACE INTO meta (name, value) VALUES ('marks', '[]')")
  } finally {
    copy.close()
  }
}
