import type { SQLInputValue } from 'node:sqlite'
import { sessionJson } from '../../session/session-json.ts'
import type { EventType } from '../../session/transition.ts'
import { formatCursor } from './cursor.ts'
import type { Database, Row } from './database.ts'
import type { EventFilter, EventsPage, EventsQuery, PruneBounds, RecordedEvent, SessionChange } from './records.ts'

/** Characters of events read at once: the memory that one client can use. */
export const maxPageLength = 262_144

/** Events that one query looks at: some milliseconds of the loop. */
export const scanLength = 5_000

/** Rows that one pruning step looks at: likewise. */
const pruneLength = 1_000

/** The table of events. */
export class Events {
  readonly #database: Database
  readonly #epoch: string

  constructor(database: Database, epoch: string) {
    this.#database = database
    this.#epoch = epoch
  }

  /** The `seq` of the oldest event kept. */
  get tail(): number | undefined {
    const seq = this.#database.all('SELECT min(seq) AS seq FROM events')[0]?.seq
    return seq === null || seq === undefined ? undefined : Number(seq)
  }

  /** When the newest one happened, in epoch milliseconds. */
  get lastTime(): number | undefined {
    const time = this.#database.all('SELECT time FROM events ORDER BY seq DESC LIMIT 1')[0]?.time
    return time === undefined ? undefined : Number(time)
  }

  /** The event of a change, if it has one. Called within a transaction. */
  append(change: SessionChange, seq: number): RecordedEvent | undefined {
    const { session, event: type, time } = change
    if (!type) return undefined
    const labelsBefore = change.verb === 'advance' ? change.labelsBefore : undefined
    const { id: sessionId, appId, labels } = session
    const cursor = formatCursor(this.#epoch, seq)
    const head = `{"id":"${cursor}","seq":${seq},"type":"${type}","time":"${new Date(time).toISOString()}"`
    const json = `${head},"session":${sessionJson(session)}}`
    this.#database.run(
      'INSERT INTO events (seq, type, session_id, app_id, labels, time, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[seq, type, sessionId, appId, JSON.stringify(labelsBefore ? [labels, labelsBefore] : labels), time, json]
    )
    return { seq, type, sessionId, appId, labels, labelsBefore, json }
  }

  after(seq: number, { limit, filter = {} }: EventsQuery): EventsPage {
    const conditions = conditionsOf(filter)
    if (conditions.length === 0) {
      const events = this.#read('seq > ? ORDER BY seq LIMIT ?', [seq, limit])
      return { events, seq: events.at(-1)?.seq ?? seq }
    }
    const end = seq + scanLength
    const all = [{ sql: 'seq > ?', values: [seq] }, { sql: 'seq <= ?', values: [end] }, ...conditions]
    const where = all.map(({ sql }) => sql).join(' AND ')
    // The index has all columns of a filter, and is a tenth of the table's size.
    const wanted = `SELECT seq FROM events INDEXED BY events_by_subject WHERE ${where} ORDER BY seq LIMIT ?`
    const values = [...all.flatMap(condition => condition.values), limit]
    const events = this.#read(`seq IN (${wanted}) ORDER BY seq`, values)
    const isWhole = events.length < limit && lengthOf(events) <= maxPageLength
    return { events, seq: isWhole ? end : (events.at(-1)?.seq ?? end) }
  }

  /** Prunes in the order of `seq`, not of time: a clock that was set back must not make holes. */
  prune({ before, keep }: PruneBounds, head: number): number {
    const oldest = this.#database.all('SELECT seq, time FROM events ORDER BY seq LIMIT ?', pruneLength)
    const firstKept = oldest.findIndex(({ seq, time }) => Number(time) >= before && Number(seq) > head - keep)
    const count = firstKept === -1 ? oldest.length : firstKept
    const last = oldest[count - 1]?.seq
    if (last) this.#database.transaction(() => this.#database.run('DELETE FROM events WHERE seq <= ?', last))
    return count
  }

  /** Reads events up to the bound on memory. */
  #read(condition: string, values: readonly SQLInputValue[]): RecordedEvent[] {
    const events: RecordedEvent[] = []
    let length = 0
    const columns = 'seq, type, session_id, app_id, labels, body'
    this.#database.each(`SELECT ${columns} FROM events WHERE ${condition}`, values, row => {
      const event = toEvent(row, this.#epoch)
      events.push(event)
      length += event.json.length
      return length <= maxPageLength
    })
    return events
  }
}

/** An event as clients get it. */
export function toEvent(row: Row, epoch: string): RecordedEvent {
  const [seq, body] = [Number(row.seq), String(row.body)]
  const id = `{"id":"${formatCursor(epoch, seq)}"`
  return {
    seq,
    type: row.type as EventType,
    sessionId: Number(row.session_id),
    appId: String(row.app_id),
    ...labelsOf(row),
    // The events keep their numbers in a new epoch, but their cursors change.
    json: body.startsWith(id) ? body : body.replace(/^\{"id":"[^"]*"/, id)
  }
}

/** Of an event; as an array with those before it, if it changed them. */
export function labelsOf(row: Row): Pick<RecordedEvent, 'labels' | 'labelsBefore'> {
  const value: RecordedEvent['labels'] | RecordedEvent['labels'][] = JSON.parse(String(row.labels))
  return Array.isArray(value)
    ? { labels: value[0] ?? {}, labelsBefore: value[1] }
    : { labels: value as RecordedEvent['labels'] }
}

const lengthOf = (events: readonly RecordedEvent[]) => events.reduce((sum, { json }) => sum + json.length, 0)

export interface Condition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** The SQL conditions of a filter; none if it lets everything pass. */
export function conditionsOf({ types, sessionIds, appIds, appPatterns, labels = [] }: EventFilter): Condition[] {
  return [
    ...oneOf('type', types),
    ...oneOf('session_id', sessionIds),
    ...oneOf('app_id', appIds),
    ...(appPatterns
      ? [{ sql: `(${appPatterns.map(() => 'app_id GLOB ?').join(' OR ') || 'FALSE'})`, values: appPatterns }]
      : []),
    ...labels.map(label => ({ sql: 'instr(labels, ?) > 0', values: [memberOf(label)] }))
  ]
}

function oneOf(column: string, values: readonly (string | number)[] | undefined): Condition[] {
  return values ? [{ sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] }] : []
}

/** The label as in the JSON of all labels. In rare cases other labels contain the same text. */
function memberOf(label: string): string {
  const equals = label.indexOf('=')
  return `${JSON.stringify(label.slice(0, equals))}:${JSON.stringify(label.slice(equals + 1))}`
}
