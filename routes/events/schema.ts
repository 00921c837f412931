import { type Static, Type } from '@sinclair/typebox'
import { AppId, CursorText, LabelFilter, Named, SessionId } from '../../src/http/shapes/session.ts'
import type { eventTypes } from '../../src/session/transition.ts'

export const EventsQuery = Type.Object(
  {
    since: Type.Optional(CursorText),
    type: Type.Optional(
      Type.Array(Named<(typeof eventTypes)[number]>('EventType'), { description: 'Events of one of these types.' })
    ),
    sessionId: Type.Optional(Type.Array(SessionId, { maxItems: 100, description: 'Events of one of these sessions.' })),
    appId: Type.Optional(Type.Array(AppId, { maxItems: 100, description: 'Events of one of these apps.' })),
    label: Type.Optional(LabelFilter),
    heartbeatMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 3_600_000,
        description: 'Of streams only: how often to send a `Heartbeat`, in milliseconds.'
      })
    ),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Of `application/json` only.' })
  },
  { additionalProperties: false }
)
export type EventsQuery = Static<typeof EventsQuery>
