import type { Database } from './database.ts'
import type { KeyedLaunch, LaunchKey, LaunchKeys } from './launch-keys.ts'

/** Rows that one pruning step removes: some milliseconds of the loop. */
const pruneLength = 1_000

export class SqliteLaunchKeys implements LaunchKeys {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Within the transaction that registers the session. One that is there already has expired. */
  bind({ sender, key, fingerprint }: LaunchKey, sessionId: number): void {
    this.#database.run(
      'INSERT OR REPLACE INTO launch_keys (sender, key, fingerprint, session_id, time) VALUES (?, ?, ?, ?, ?)',
      ...[sender, key, fingerprint, sessionId, Date.now()]
    )
  }

  find({ sender, key }: LaunchKey, since: number): KeyedLaunch | undefined {
    const columns = 'fingerprint, session_id, answer'
    const sql = `SELECT ${columns} FROM launch_keys WHERE sender = ? AND key = ? AND time >= ?`
    const [row] = this.#database.all(sql, sender, key, since)
    if (!row) return undefined
    const { fingerprint, session_id: sessionId, answer } = row
    return {
      fingerprint: String(fingerprint),
      sessionId: Number(sessionId),
      ...(answer !== null && { answer: String(answer) })
    }
  }

  answer({ sender, key }: LaunchKey, answer: string): void {
    const sql = 'UPDATE launch_keys SET answer = ? WHERE sender = ? AND key = ? AND answer IS NULL'
    this.#database.transaction(() => this.#database.run(sql, answer, sender, key))
  }

  prune(before: number): number {
    const oldest = 'SELECT rowid FROM launch_keys WHERE time < ? ORDER BY time LIMIT ?'
    const sql = `DELETE FROM launch_keys WHERE rowid IN (${oldest})`
    let count = 0
    this.#database.transaction(() => {
      count = this.#database.run(sql, before, pruneLength)
    })
    return count
  }
}
