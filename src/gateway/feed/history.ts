import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EventLog, RecordedEvent } from '../store/event-log.ts'
import { type EventFilter, eventTest } from './event-filter.ts'

const pageLength = 500

/** At most `limit` events after `seq` that pass the filter, and up to where the log was read for them. */
export async function readHistory(
  log: EventLog,
  seq: number,
  filter: EventFilter,
  limit: number
): Promise<{ events: RecordedEvent[]; seq: number }> {
  const test = eventTest(filter)
  const events: RecordedEvent[] = []
  let position = seq
  for (;;) {
    const page = log.eventsAfter(position, test ? pageLength : limit)
    for (const event of page) {
      if (events.length === limit) return { events, seq: position }
      position = event.seq
      if (!test || test(event)) events.push(event)
    }
    if (page.length === 0 || events.length === limit) return { events, seq: position }
    await nextTurn()
  }
}
