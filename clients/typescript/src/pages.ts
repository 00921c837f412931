import type { Answer } from './answer.ts'
import type { EventPage } from './event.ts'
import { type EventFilter, eventFilterNames, filterQuery, type ListFilter, listFilterNames } from './filters.ts'
import { type CallOptions, checked } from './options.ts'
import type { Session, SessionPage } from './session.ts'
import type { Transport } from './transport.ts'

interface PageOptions extends CallOptions {
  /** Items on a page: 100 by default, 1000 at most. */
  readonly limit?: number | undefined
}

export interface ListOptions extends PageOptions, ListFilter {
  /** The `nextCursor` of the page before. */
  readonly cursor?: string | undefined
  /** Which sessions come first: `oldest` by default. */
  readonly order?: 'oldest' | 'newest' | undefined
}

export interface HistoryOptions extends PageOptions, EventFilter {
  /** The cursor after which to begin; at the oldest event by default. */
  readonly since?: string | undefined
  /** The cursor before which to end: the last events before it. */
  readonly before?: string | undefined
  /** Events of this time and later (RFC 3339). Give at most one of `since`, `before` and `from`. */
  readonly from?: string | undefined
}

const listNames = ['limit', 'cursor', 'order', ...listFilterNames]
const historyNames = ['limit', 'since', 'before', 'from', ...eventFilterNames]

export function list(transport: Transport, options: ListOptions): Answer<SessionPage> {
  return transport.json('/sessions', () => {
    const { limit, cursor, order, states, reasons, from, to, appIds, labels, ...call } = checked(options, listNames)
    return {
      ...call,
      query: { limit, cursor, order, ...filterQuery({ states, reasons, from, to, appIds, labels }) }
    }
  })
}

/** All sessions, page after page. */
export async function* allSessions(transport: Transport, options: ListOptions): AsyncGenerator<Session, void, void> {
  for (let { cursor } = options; ; ) {
    const { items, nextCursor } = await list(transport, { ...options, cursor })
    yield* items
    if (!nextCursor) return
    cursor = nextCursor
  }
}

export function history(transport: Transport, options: HistoryOptions): Answer<EventPage> {
  return transport.json('/events/history', () => {
    const { limit, since, before, from, types, sessionIds, appIds, labels, ...call } = checked(options, historyNames)
    return { ...call, query: { limit, since, before, from, ...filterQuery({ types, sessionIds, appIds, labels }) } }
  })
}
