import type { SQLInputValue } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SessionState, StopReason } from '../../session/session.ts'
import type { Database } from './database.ts'
import type { SessionText } from './records.ts'

export interface SessionPageQuery {
  readonly states?: readonly SessionState[] | undefined
  readonly appIds?: readonly string[] | undefined
  /** `name=value`; all of them. */
  readonly labels?: readonly string[] | undefined
  /** Only of apps that fit one of these; see `appTest`. */
  readonly appPatterns?: readonly string[] | undefined
  readonly reasons?: readonly StopReason[] | undefined
  /** Only sessions that were not stopped before this time, in epoch milliseconds. */
  readonly from?: number | undefined
  /** Only sessions that were launched until this time, in epoch milliseconds. */
  readonly to?: number | undefined
  readonly order: 'oldest' | 'newest'
  /** Only sessions that come after this id, in the order. */
  readonly after?: number | undefined
  readonly limit: number
}

interface Condition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** Sessions that one query looks at: some milliseconds of the loop. */
const scanLength = 1_000

/** Reads sessions page by page, stopped ones included. */
export class SessionPages {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** At most `limit` sessions, in order. Yields to the event loop between two pieces of the table. */
  async read({ order, after, limit, ...filter }: SessionPageQuery): Promise<SessionText[]> {
    const indexed = indexedConditions(filter)
    const scanned = scannedConditions(filter)
    if (scanned.length === 0) return this.#select({ order, after, limit }, indexed)
    const found: SessionText[] = []
    let position = after
    for (;;) {
      const end = this.#endOfPiece(order, position)
      if (end === undefined) return found
      const piece = [...indexed, ...scanned, within(order, end)]
      found.push(...this.#select({ order, after: position, limit: limit - found.length }, piece))
      if (found.length === limit) return found
      position = end
      await nextTurn()
    }
  }

  #select(
    { order, after, limit }: Pick<SessionPageQuery, 'order' | 'after' | 'limit'>,
    conditions: readonly Condition[]
  ): SessionText[] {
    const all = [beyond(order, after), ...conditions]
    const where = all.map(({ sql }) => sql).join(' AND ')
    const sql = `SELECT id, body FROM sessions WHERE ${where} ORDER BY id ${direction(order)} LIMIT ?`
    const rows = this.#database.all(sql, ...all.flatMap(({ values }) => values), limit)
    return rows.map(({ id, body }) => ({ id: Number(id), json: String(body) }))
  }

  /** The id of the last session of the next piece; undefined if there is none. */
  #endOfPiece(order: SessionPageQuery['order'], after: number | undefined): number | undefined {
    const { sql, values } = beyond(order, after)
    const piece = `SELECT id FROM sessions WHERE ${sql} ORDER BY id ${direction(order)} LIMIT ?`
    const last = order === 'newest' ? 'min(id)' : 'max(id)'
    const id = this.#database.all(`SELECT ${last} AS id FROM (${piece})`, ...values, scanLength)[0]?.id
    return id === null || id === undefined ? undefined : Number(id)
  }
}

const direction = (order: SessionPageQuery['order']) => (order === 'newest' ? 'DESC' : 'ASC')

function beyond(order: SessionPageQuery['order'], after: number | undefined): Condition {
  if (order === 'oldest') return { sql: 'id > ?', values: [after ?? 0] }
  return { sql: 'id < ?', values: [after ?? Number.MAX_SAFE_INTEGER] }
}

function within(order: SessionPageQuery['order'], end: number): Condition {
  return { sql: order === 'newest' ? 'id >= ?' : 'id <= ?', values: [end] }
}

type Filter = Omit<SessionPageQuery, 'order' | 'after' | 'limit'>

function indexedConditions({ states, appIds, appPatterns, labels = [] }: Filter): Condition[] {
  return [
    ...oneOf('state', states),
    ...oneOf('app_id', appIds),
    ...(appPatterns
      ? [{ sql: 'EXISTS (SELECT 1 FROM json_each(?) WHERE app_id GLOB value)', values: [JSON.stringify(appPatterns)] }]
      : []),
    ...labels.map(label => ({ sql: 'id IN (SELECT session_id FROM labels WHERE label = ?)', values: [label] }))
  ]
}

/** What only the JSON of a session says. */
function scannedConditions({ reasons, from, to }: Filter): Condition[] {
  return [
    ...oneOf("body ->> '$.stop.reason'", reasons),
    ...(from === undefined ? [] : [{ sql: '(stopped_at IS NULL OR stopped_at >= ?)', values: [from] }]),
    ...(to === undefined ? [] : [{ sql: "body ->> '$.createdAt' <= ?", values: [new Date(to).toISOString()] }])
  ]
}

function oneOf(column: string, values: readonly string[] | undefined): Condition[] {
  return values ? [{ sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] }] : []
}
