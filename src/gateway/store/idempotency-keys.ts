import type { Database } from './database.ts'

/** An idempotency key, with which a client can repeat a launch that is made once. */
export interface IdempotencyKey {
  /** The name of the token whose key it is: each token has its own keys. */
  readonly sender: string
  readonly key: string
  /** The hash of the request. */
  readonly fingerprint: string
}

/** A launch that had a key. */
export interface KeyedLaunch {
  readonly fingerprint: string
  readonly sessionId: number
  /** As it was given to {@link IdempotencyKeys.answer}; absent if no client was answered. */
  readonly answer?: string
}

/** Rows that one pruning step removes: some milliseconds of the loop. */
const pruneLength = 1_000

/** The table of idempotency keys; a key is bound to its session in the transaction that creates the session. */
export class IdempotencyKeys {
  readonly #database: Database

  readonly #startTime: number
  readonly #startedAt = performance.now()

  /** @param lastTime what {@link now} was in an earlier run, if that is known */
  constructor(database: Database, lastTime: number | undefined) {
    this.#database = database
    const newest = database.all('SELECT max(time) AS time FROM launch_keys')[0]?.time ?? 0
    this.#startTime = Math.max(lastTime ?? 0, Number(newest)) || Date.now()
  }

  /**
   * The time by which keys age, in milliseconds: that in which a gateway ran. A clock that jumps ahead frees no key, so
   * that a repeated launch is never made twice.
   */
  get now(): number {
    return this.#startTime + Math.floor(performance.now() - this.#startedAt)
  }

  /** Called within a transaction. An existing row with this key has expired. */
  bind({ sender, key, fingerprint }: IdempotencyKey, sessionId: number): void {
    this.#database.run(
      'INSERT OR REPLACE INTO launch_keys (sender, key, fingerprint, session_id, time) VALUES (?, ?, ?, ?, ?)',
      ...[sender, key, fingerprint, sessionId, this.now]
    )
  }

  /** The launch with this key, if it is not older than `since`, a time of {@link now}. */
  find({ sender, key }: IdempotencyKey, since: number): KeyedLaunch | undefined {
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

  /** Stores an answer; the first one is kept. */
  async answer({ sender, key }: IdempotencyKey, answer: string): Promise<void> {
    const sql = 'UPDATE launch_keys SET answer = ? WHERE sender = ? AND key = ? AND answer IS NULL'
    this.#database.transaction(() => this.#database.run(sql, answer, sender, key))
  }

  /** Removes keys from before `before`, likewise, a bounded number at a time. Returns how many. */
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
