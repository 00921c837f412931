import type { Session } from '../../session/session.ts'
import { parseSession, sessionJson } from '../../session/session-json.ts'
import type { Database } from './database.ts'
import type { Advance, Creation, PruneBounds, Registration, SessionQuery, SessionText } from './records.ts'

const fitsPattern = 'EXISTS (SELECT 1 FROM json_each(?) WHERE app_id GLOB value)'

/** Rows that one pruning step looks at: some milliseconds of the loop. */
const pruneLength = 1_000

/** The tables of sessions, their labels, and the environments of those that are queued. */
export class SessionsTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  live(): Registration[] {
    const rows = this.#database.all(
      `SELECT body, key, leader, stop_request, env, params FROM sessions LEFT JOIN queued_launches ON session_id = id
       WHERE state IN ('queued', 'starting', 'running', 'restarting', 'stopping') ORDER BY id`
    )
    return rows.map(({ body, key, leader, stop_request, env, params }) => ({
      session: parseSession(String(body)),
      key: String(key),
      ...(leader && { leader: JSON.parse(String(leader)) }),
      ...(stop_request && { stopOrder: { request: JSON.parse(String(stop_request)), force: false } }),
      ...(env && { queuedEnv: JSON.parse(String(env)) }),
      ...(params && { queuedParams: JSON.parse(String(params)) })
    }))
  }

  find(id: number): Session | undefined {
    const [row] = this.#database.all('SELECT body FROM sessions WHERE id = ?', id)
    return row && parseSession(String(row.body))
  }

  keyOf(id: number): string | undefined {
    const [row] = this.#database.all('SELECT key FROM sessions WHERE id = ?', id)
    return row && String(row.key)
  }

  list({ states, appIds, labels = [], appPatterns, after = 0, limit }: SessionQuery): SessionText[] {
    const oneOf = (column: string, values?: readonly string[]) =>
      values ? [{ sql: `${column} IN (SELECT value FROM json_each(?))`, value: JSON.stringify(values) }] : []
    const conditions = [
      { sql: 'id > ?', value: after },
      ...oneOf('state', states),
      ...oneOf('app_id', appIds),
      ...(appPatterns ? [{ sql: fitsPattern, value: JSON.stringify(appPatterns) }] : []),
      ...labels.map(value => ({ sql: 'id IN (SELECT session_id FROM labels WHERE label = ?)', value }))
    ]
    const where = conditions.map(({ sql }) => sql).join(' AND ')
    const values = conditions.map(({ value }) => value)
    const rows = this.#database.all(
      `SELECT id, body FROM sessions WHERE ${where} ORDER BY id LIMIT ?`,
      ...values,
      limit
    )
    return rows.map(({ id, body }) => ({ id: Number(id), json: String(body) }))
  }

  /** Within a transaction. */
  insert({ session, key, queuedEnv, queuedParams }: Creation): void {
    const { id, appId, state, labels } = session
    const sql = 'INSERT INTO sessions (id, app_id, state, body, key) VALUES (?, ?, ?, ?, ?)'
    this.#database.run(sql, ...[id, appId, state, sessionJson(session), key])
    this.#label(id, labels)
    if (!queuedEnv) return
    const params = queuedParams ? JSON.stringify(queuedParams) : null
    const insert = 'INSERT INTO queued_launches (session_id, env, params) VALUES (?, ?, ?)'
    this.#database.run(insert, id, JSON.stringify(queuedEnv), params)
  }

  /** Within a transaction. */
  update({ session, leader, stopRequest, forgetsQueuedEnv, relabels }: Advance): void {
    this.#database.run(
      `UPDATE sessions SET state = ?, body = ?, leader = coalesce(?, leader), stop_request = coalesce(?, stop_request),
       stopped_at = ? WHERE id = ?`,
      session.state,
      sessionJson(session),
      leader ? JSON.stringify(leader) : null,
      stopRequest ? JSON.stringify(stopRequest) : null,
      session.state === 'stopped' ? Date.parse(session.stoppedAt) : null,
      session.id
    )
    if (relabels) {
      this.#database.run('DELETE FROM labels WHERE session_id = ?', session.id)
      this.#label(session.id, session.labels)
    }
    if (forgetsQueuedEnv) this.#database.run('DELETE FROM queued_launches WHERE session_id = ?', session.id)
  }

  #label(id: number, labels: Session['labels']): void {
    for (const [name, value] of Object.entries(labels)) {
      this.#database.run('INSERT INTO labels (label, session_id) VALUES (?, ?)', `${name}=${value}`, id)
    }
  }

  /** Removes the environments of these sessions. Called within a transaction. */
  forgetQueuedEnvs(ids: readonly number[]): void {
    if (ids.length === 0) return
    const sql = 'DELETE FROM queued_launches WHERE session_id IN (SELECT value FROM json_each(?))'
    this.#database.run(sql, JSON.stringify(ids))
  }

  /** Removes old stopped sessions, a bounded number at a time. Returns their ids. */
  prune({ before, keep }: PruneBounds): number[] {
    const stopped = 'FROM sessions WHERE stopped_at IS NOT NULL'
    const surplus = Number(this.#database.all(`SELECT count(*) AS n ${stopped}`)[0]?.n) - keep
    const oldest = this.#database.all(`SELECT id, stopped_at ${stopped} ORDER BY stopped_at LIMIT ?`, pruneLength)
    const ids = oldest
      .filter(({ stopped_at }, index) => index < surplus || Number(stopped_at) < before)
      .map(({ id }) => Number(id))
    if (ids.length > 0) {
      this.#database.transaction(() =>
        this.#database.run('DELETE FROM sessions WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
      )
    }
    return ids
  }
}
