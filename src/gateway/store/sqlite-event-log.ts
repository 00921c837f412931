import { dirname, join } from 'node:path'
import type { Session } from '../../session/session.ts'
import type { EventType } from '../../session/transition.ts'
import { StorageUnavailable } from '../errors.ts'
import { beginRun, endRun, lastKey, newEpoch } from './continuity.ts'
import { formatCursor } from './cursor.ts'
import { Database } from './database.ts'
import type {
  Change,
  EventLog,
  EventsPage,
  EventsQuery,
  FactPosition,
  PruneBounds,
  RecordedEvent,
  Registration,
  SessionQuery
} from './event-log.ts'
import { Events } from './events.ts'
import type { HighWaterMark } from './high-water-mark.ts'
import { SqliteLaunchKeys } from './sqlite-launch-keys.ts'

const fitsPattern = 'EXISTS (SELECT 1 FROM json_each(?) WHERE app_id GLOB value)'

/** How long the outcome of the last write tells that of the next, in milliseconds. */
const probedForMs = 1_000

/** Rows that one pruning step looks at: some milliseconds of the loop. */
const pruneLength = 1_000

/** {@link EventLog} in a SQLite file: write-ahead log, one transaction a change. */
export class SqliteEventLog implements EventLog {
  readonly epoch: string
  readonly newEpochBecause: string | undefined
  readonly lastTime: number | undefined
  readonly launchKeys: SqliteLaunchKeys
  readonly #database: Database
  readonly #markPath: string
  readonly #mark: HighWaterMark
  readonly #events: Events
  #head: number
  #lastSessionId: number
  #position: FactPosition
  #writtenAt = Number.NEGATIVE_INFINITY
  #isWritable = true

  /** @throws {StorageUnavailable} where the file is no database of ours, too new, or not writable. */
  constructor(path: string) {
    this.#database = new Database(path, newEpoch)
    this.#markPath = join(dirname(path), 'gateway.mark')
    const { mark, newEpochBecause } = this.#begin()
    this.#mark = mark
    this.newEpochBecause = newEpochBecause
    this.launchKeys = new SqliteLaunchKeys(this.#database)
    const meta = Object.fromEntries(
      this.#database.all('SELECT name, value FROM meta').map(({ name, value }) => [name, value])
    )
    this.epoch = String(meta.epoch)
    this.#events = new Events(this.#database, this.epoch)
    this.lastTime = meta.time === undefined ? this.#events.lastTime : Number(meta.time)
    this.#position = {
      acknowledged: Number(meta.factSeq ?? 0),
      lastSessionBefore: Number(meta.lastSessionBefore ?? 0),
      ...(meta.instance && { instance: meta.instance })
    }
    this.#head = lastKey(this.#database, 'events')
    this.#lastSessionId = lastKey(this.#database, 'sessions')
  }

  get head(): number {
    return this.#head
  }

  get tail(): number {
    return this.#events.tail ?? this.#head + 1
  }

  get nextSessionId(): number {
    return this.#lastSessionId + 1
  }

  get position(): FactPosition {
    return this.#position
  }

  commit(change: Change): RecordedEvent | undefined {
    const { session, event: type, time, factSeq } = change
    const event = type && this.#event(session, type, time)
    const isNew = change.key !== undefined
    if (isNew) this.#database.requireIntact()
    this.#write(() => {
      if (event) this.#mark.advance(event.seq, isNew ? session.id : 0)
      if (change.key !== undefined) this.#insert(session, change.key)
      else this.#update(change)
      this.#keepQueuedEnv(change)
      if (change.launchKey) this.launchKeys.bind(change.launchKey, session.id)
      if (event) this.#events.insert(event, time)
      if (factSeq !== undefined) this.#database.run("UPDATE meta SET value = ? WHERE name = 'factSeq'", factSeq)
    })
    if (event) this.#head = event.seq
    if (factSeq !== undefined) this.#position = { ...this.#position, acknowledged: factSeq }
    if (change.key !== undefined) this.#lastSessionId = session.id
    return event
  }

  beginInstance(instance: string): void {
    const lastSessionBefore = this.#lastSessionId
    const values = "('instance', ?), ('factSeq', 0), ('lastSessionBefore', ?)"
    this.#database.transaction(() => {
      this.#database.run(`INSERT OR REPLACE INTO meta (name, value) VALUES ${values}`, instance, lastSessionBefore)
      this.#database.run(
        "DELETE FROM queued_launches WHERE session_id NOT IN (SELECT id FROM sessions WHERE state = 'queued')"
      )
    })
    this.#position = { instance, acknowledged: 0, lastSessionBefore }
  }

  live(): Registration[] {
    const rows = this.#database.all(
      `SELECT body, key, leader, stop_request, env FROM sessions LEFT JOIN queued_launches ON session_id = id
       WHERE state IN ('queued', 'starting', 'running', 'stopping') ORDER BY id`
    )
    return rows.map(({ body, key, leader, stop_request, env }) => ({
      session: JSON.parse(String(body)),
      key: String(key),
      ...(leader && { leader: JSON.parse(String(leader)) }),
      ...(stop_request && { stopOrder: { request: JSON.parse(String(stop_request)), force: false } }),
      ...(env && { queuedEnv: JSON.parse(String(env)) })
    }))
  }

  find(id: number): Session | undefined {
    const [row] = this.#database.all('SELECT body FROM sessions WHERE id = ?', id)
    return row && JSON.parse(String(row.body))
  }

  keyOf(id: number): string | undefined {
    const [row] = this.#database.all('SELECT key FROM sessions WHERE id = ?', id)
    return row && String(row.key)
  }

  list({ states, appIds, labels = [], appPatterns, after = 0, limit }: SessionQuery): Session[] {
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
    const rows = this.#database.all(`SELECT body FROM sessions WHERE ${where} ORDER BY id LIMIT ?`, ...values, limit)
    return rows.map(({ body }) => JSON.parse(String(body)))
  }

  eventsAfter(seq: number, query: EventsQuery): EventsPage {
    const page = this.#events.after(seq, query)
    return { ...page, seq: Math.min(page.seq, this.#head) }
  }

  keepTime(time: number): void {
    this.#write(() => this.#database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('time', ?)", time))
  }

  pruneEvents(bounds: PruneBounds): number {
    return this.#events.prune(bounds, this.#head)
  }

  pruneSessions({ before, keep }: PruneBounds): number[] {
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

  isUsable(): boolean {
    try {
      this.#database.requireIntact()
      if (performance.now() - this.#writtenAt < probedForMs) return this.#isWritable
      this.#write(() =>
        this.#database.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('checkedAt', ?)", Date.now())
      )
      return true
    } catch {
      return false
    }
  }

  close(): void {
    try {
      endRun(this.#database, this.#markPath, this.#mark)
    } catch {
      // The next start takes it for a crash, which it can stand.
    }
    this.#mark.close()
    this.#database.close()
  }

  #begin() {
    try {
      return beginRun(this.#database, this.#markPath)
    } catch (error) {
      this.#database.close()
      if (error instanceof StorageUnavailable) throw error
      throw new StorageUnavailable(`The event log can't be used: ${(error as Error).message}.`, { cause: error })
    }
  }

  /** Remembers how it went. */
  #write(write: () => void): void {
    this.#writtenAt = performance.now()
    this.#isWritable = false
    try {
      this.#database.transaction(write)
    } catch (error) {
      this.#takeMarkBack()
      throw error
    }
    this.#isWritable = true
  }

  /** Or else a start after a crash would miss an event that there never was. */
  #takeMarkBack(): void {
    try {
      this.#mark.advance(this.#head)
    } catch {
      // Then that start makes a new epoch, which only costs its clients a snapshot.
    }
  }

  #event(session: Session, type: EventType, at: number): RecordedEvent {
    const seq = this.#head + 1
    const { id: sessionId, appId, labels } = session
    const time = new Date(at).toISOString()
    const json = JSON.stringify({ id: formatCursor(this.epoch, seq), seq, type, time, session })
    return { seq, type, sessionId, appId, labels, json }
  }

  #insert(session: Session, key: string): void {
    const { id, appId, state, labels } = session
    const body = JSON.stringify(session)
    this.#database.run(
      'INSERT INTO sessions (id, app_id, state, body, key) VALUES (?, ?, ?, ?, ?)',
      id,
      appId,
      state,
      body,
      key
    )
    for (const [name, value] of Object.entries(labels)) {
      this.#database.run('INSERT INTO labels (label, session_id) VALUES (?, ?)', `${name}=${value}`, id)
    }
  }

  #keepQueuedEnv({ session, queuedEnv, forgetsQueuedEnv }: Change): void {
    if (queuedEnv) {
      const sql = 'INSERT INTO queued_launches (session_id, env) VALUES (?, ?)'
      this.#database.run(sql, session.id, JSON.stringify(queuedEnv))
    } else if (forgetsQueuedEnv) {
      this.#database.run('DELETE FROM queued_launches WHERE session_id = ?', session.id)
    }
  }

  #update({ session, leader, stopRequest }: Change): void {
    this.#database.run(
      `UPDATE sessions SET state = ?, body = ?, leader = coalesce(?, leader), stop_request = coalesce(?, stop_request),
       stopped_at = ? WHERE id = ?`,
      session.state,
      JSON.stringify(session),
      leader ? JSON.stringify(leader) : null,
      stopRequest ? JSON.stringify(stopRequest) : null,
      session.state === 'stopped' ? Date.parse(session.stoppedAt) : null,
      session.id
    )
  }
}
