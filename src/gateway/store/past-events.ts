import type { Database } from './database.ts'
import { conditionsOf, maxPageLength, scanLength, toEvent } from './events.ts'
import type { EventsPage, EventsQuery, RecordedEvent } from './records.ts'

/** Reads the log of events backwards, and by time. Bounded work. */
export class PastEvents {
  readonly #database: Database
  readonly #epoch: string

  constructor(database: Database, epoch: string) {
    this.#database = database
    this.#epoch = epoch
  }

  /** At most `limit` events before `seq`, newest first, and the `seq` down to which the log was read. */
  before(seq: number, { limit, filter = {} }: EventsQuery): EventsPage {
    const start = Math.max(1, seq - scanLength)
    const range = [
      { sql: 'seq < ?', values: [seq] },
      { sql: 'seq >= ?', values: [start] }
    ]
    const all = [...range, ...conditionsOf(filter)]
    const where = all.map(({ sql }) => sql).join(' AND ')
    const wanted = `SELECT seq FROM events INDEXED BY events_by_subject WHERE ${where} ORDER BY seq DESC LIMIT ?`
    const values = [...all.flatMap(condition => condition.values), limit]
    const events: RecordedEvent[] = []
    let length = 0
    const sql = `SELECT seq, type, session_id, app_id, labels, body FROM events WHERE seq IN (${wanted}) ORDER BY seq DESC`
    this.#database.each(sql, values, row => {
      const event = toEvent(row, this.#epoch)
      events.push(event)
      length += event.json.length
      return length <= maxPageLength
    })
    const isWhole = events.length < limit && length <= maxPageLength
    return { events, seq: isWhole ? start : (events.at(-1)?.seq ?? start) }
  }

  /** The first event at `time`, in epoch milliseconds, or after it; undefined if there is none yet. */
  firstSince(time: number): number | undefined {
    const sql = 'SELECT seq FROM events INDEXED BY events_by_time WHERE time >= ? ORDER BY time, seq LIMIT 1'
    const [row] = this.#database.all(sql, time)
    return row && Number(row.seq)
  }
}
