import { type Static, Type } from '@sinclair/typebox'
import { Int32 } from '../../src/http/shapes/integers.ts'
import { Named } from '../../src/http/shapes/names.ts'
import { AppFilter, CursorText, LabelFilter, PageLimit, SessionId } from '../../src/http/shapes/session.ts'
import type { EventType } from '../../src/session/transition.ts'

export const eventFilters = {
  eventType: Type.Optional(Type.Array(Named<EventType>('EventType'), { description: 'Of one of these types.' })),
  sessionId: Type.Optional(Type.Array(SessionId, { maxItems: 100, description: 'Of one of these sessions.' })),
  appId: Type.Optional(AppFilter),
  label: Type.Optional(LabelFilter)
}

export const EventsQuery = Type.Object(
  {
    since: Type.Optional(CursorText),
    ...eventFilters,
    heartbeatMs: Type.Optional(
      Int32({
        minimum: 100,
        maximum: 3_600_000,
        description: 'Of streams only: how often to send a `Heartbeat`, in milliseconds.'
      })
    ),
    limit: PageLimit
  },
  { additionalProperties: false }
)
export type EventsQuery = Static<typeof EventsQuery>

export const HistoryQuery = Type.Object(
  {
    since: Type.Optional(CursorText),
    before: Type.Optional(CursorText),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Of events at this time and later.' })),
    ...eventFilters,
    limit: PageLimit
  },
  { additionalProperties: false }
)
export type HistoryQuery = Static<typeof HistoryQuery>
