import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EventFilter, RecordedEvent } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import { eventTest } from './event-filter.ts'

export interface EarlierHistoryQuery {
  /** Events before this number. */
  readonly seq: number
  readonly filter: EventFilter
  readonly limit: number
}

/**
 * The last `limit` events before a number that pass the filter, oldest first, with the `seq` down to which the log was
 * read; none is left out in between. Yields to the event loop between two pieces of the log.
 */
export async function readHistoryBefore(
  store: Pick<Store, 'pastEvents' | 'tail'>,
  { seq, filter, limit }: EarlierHistoryQuery
): Promise<{ readonly events: readonly RecordedEvent[]; readonly seq: number }> {
  const test = eventTest(filter)
  const events: RecordedEvent[] = []
  let position = seq
  while (position > store.tail && events.length < limit) {
    const page = store.pastEvents.before(position, { limit: limit - events.length, filter })
    events.push(...(test ? page.events.filter(test) : page.events))
    position = page.seq
    if (events.length < limit) await nextTurn()
  }
  return { events: events.reverse(), seq: position }
}
