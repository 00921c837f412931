import { type Static, Type } from '@sinclair/typebox'
import { eventTypes } from '../../src/session/transition.ts'
import { AppId, CursorText, LabelFilter, SessionId, StringEnum } from '../sessions/schema.ts'

const EventOf = (type: (typeof eventTypes)[number], description: string) =>
  Type.Object(
    {
      id: Type.String({ description: 'The cursor of this event: `<epoch>.<seq>`.', examples: ['q3Zk.42'] }),
      seq: Type.Integer({ minimum: 1, description: 'Rises by one with each event of the log.' }),
      type: Type.Literal(type),
      time: Type.String({ format: 'date-time' }),
      session: Type.Ref('Session')
    },
    { $id: type, description }
  )

/** Events of a session come in this order, each at most once, `Stopped` exactly once. */
export const Events = [
  EventOf('Launched', 'A launch was admitted.'),
  EventOf('AppReady', 'The app is ready.'),
  EventOf('Stopping', 'The session is being stopped.'),
  EventOf('Stopped', 'Nothing of the session is left.')
]

export const Event = Type.Unsafe({
  $id: 'Event',
  description: 'Something that happened to a session, with the whole session as it was then.',
  oneOf: eventTypes.map(type => ({ $ref: `${type}#` })),
  discriminator: {
    propertyName: 'type',
    mapping: Object.fromEntries(eventTypes.map(type => [type, `#/components/schemas/${type}`]))
  }
})

export const EventPage = Type.Object(
  {
    items: Type.Array(Type.Ref('Event')),
    cursor: Type.String({ description: 'Where the next page, or a stream, goes on.' })
  },
  { $id: 'EventPage', description: 'Events, oldest first.' }
)

export const EventsQuery = Type.Object(
  {
    since: Type.Optional(CursorText),
    type: Type.Optional(Type.Array(StringEnum(eventTypes), { description: 'One of these.' })),
    sessionId: Type.Optional(Type.Array(SessionId, { maxItems: 100, description: 'One of these.' })),
    appId: Type.Optional(Type.Array(AppId, { maxItems: 100, description: 'One of these.' })),
    label: Type.Optional(LabelFilter),
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Of `application/json` only.' })
  },
  { additionalProperties: false }
)
export type EventsQuery = Static<typeof EventsQuery>
