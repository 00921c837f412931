import type { SQLInputValue } from 'node:sqlite'
import type { Session } from '../../session/session.ts'
import type { EventType } from '../../session/transition.ts'
import type { Database, Row } from './database.ts'
import { conditionsOf, labelsOf, maxPageLength } from './events.ts'
import type { EventFilter } from './records.ts'

/** A place in the log of events by time. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly time: number
  readonly seq: number
}

/** An event as far as statistics need it. */
export interface TimedEvent extends Moment {
  readonly type: EventType
  readonly appId: string
  readonly labels: Session['labels']
  /** Of `AppReady` and `Stopped`: the session after it. */
  readonly session?: Session
}

export interface SliceQuery {
  readonly after: Moment
  /** Events before this time. */
  readonly to: number
  /** The newest event to read. */
  readonly head: number
  readonly filter: EventFilter
}

export interface Slice {
  readonly events: readonly TimedEvent[]
  /** Where the next slice begins; undefined after the last one. */
  readonly next: Moment | undefined
}

/** Events that one slice looks at: some milliseconds of the loop. */
export const sliceLength = 500

/** SQLite uses a comparison of pairs for one end of an index only: the other end needs a comparison of the time, too. */
const between = '(time, seq) > (?, ?) AND time <= ?'

/** Reads the log of events by time. */
export class TimedEvents {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** When the oldest event that is kept happened, in epoch milliseconds. */
  get oldest(): number | undefined {
    const [row] = this.#database.all('SELECT time FROM events ORDER BY seq LIMIT 1')
    return row && Number(row.time)
  }

  /** A piece of the log. Bounded work; it can have a few events whose labels do not pass the filter. */
  slice({ after, to, head, filter }: SliceQuery): Slice {
    const end = this.#endOfSlice(after, to)
    const { time, seq } = end ?? { time: to - 1, seq: Number.MAX_SAFE_INTEGER }
    const conditions = [{ sql: 'seq <= ?', values: [head] }, ...conditionsOf(filter)]
    const where = [between, '(time, seq) <= (?, ?)', ...conditions.map(({ sql }) => sql)].join(' AND ')
    const values = [after.time, after.seq, time, time, seq, ...conditions.flatMap(condition => condition.values)]
    return this.#read(where, values, end)
  }

  #endOfSlice(after: Moment, to: number): Moment | undefined {
    const sql = `SELECT time, seq FROM events INDEXED BY events_by_time WHERE ${between} ORDER BY time, seq LIMIT 1 OFFSET ?`
    const [row] = this.#database.all(sql, after.time, after.seq, to - 1, sliceLength - 1)
    return row && momentOf(row)
  }

  #read(where: string, values: readonly SQLInputValue[], end: Moment | undefined): Slice {
    const events: TimedEvent[] = []
    let length = 0
    const session = "CASE WHEN type IN ('AppReady', 'Stopped') THEN body END AS body"
    const sql = `SELECT time, seq, type, app_id, labels, ${session} FROM events INDEXED BY events_by_time WHERE ${where} ORDER BY time, seq`
    this.#database.each(sql, values, row => {
      length += row.body === null ? 0 : String(row.body).length
      events.push(toTimedEvent(row))
      return length <= maxPageLength
    })
    return { events, next: length > maxPageLength ? events.at(-1) : end }
  }
}

function momentOf({ time, seq }: Row): Moment {
  return { time: Number(time), seq: Number(seq) }
}

function toTimedEvent(row: Row): TimedEvent {
  return {
    ...momentOf(row),
    type: row.type as EventType,
    appId: String(row.app_id),
    ...labelsOf(row),
    ...(row.body !== null && { session: JSON.parse(String(row.body)).session })
  }
}
