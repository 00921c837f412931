import { setImmediate as nextTurn } from 'node:timers/promises'
import { CursorExpired } from '../errors.ts'
import { formatCursor } from '../store/cursor.ts'
import type { EventFilter, RecordedEvent } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { eventTest } from './event-filter.ts'

export interface HistoryQuery {
  /** Events after this number; without it, from the oldest one kept. */
  readonly seq?: number | undefined
  readonly filter: EventFilter
  readonly limit: number
}

/**
 * At most `limit` events that pass the filter, oldest first, with the `seq` up to which the log was read; none is left
 * out in between. Yields to the event loop between two pieces of the log.
 * @throws {CursorExpired} if the events that come next are pruned, also while it reads.
 */
export async function readHistory(
  store: Store,
  { seq, filter, limit }: HistoryQuery
): Promise<{ readonly events: readonly RecordedEvent[]; readonly seq: number }> {
  const test = eventTest(filter)
  const events: RecordedEvent[] = []
  let position = seq ?? store.tail - 1
  for (;;) {
    if (position < store.tail - 1) {
      if (events.length > 0) return { events, seq: position }
      if (seq !== undefined) throw new CursorExpired(formatCursor(store.epoch, position))
      position = store.tail - 1
    }
    const page = store.eventsAfter(position, { limit: limit - events.length, filter })
    events.push(...(test ? page.events.filter(test) : page.events))
    position = page.seq
    if (events.length === limit || position === store.head) return { events, seq: position }
    await nextTurn()
  }
}
