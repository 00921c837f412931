import { Type } from '@sinclair/typebox'
import { eventTypes } from '../../session/transition.ts'
import { StringEnum } from './session.ts'

export const controlTypes = ['Hello', 'Snapshot', 'Gap', 'Heartbeat', 'Closed'] as const

export const EventType = StringEnum(eventTypes, {
  $id: 'EventType',
  description: 'Of a session always in this order, each at most once, `Stopped` exactly once.'
})

const EventOf = (type: (typeof eventTypes)[number], description: string) =>
  Type.Object(
    {
      id: Type.String({ description: 'The cursor of this event: `<epoch>.<seq>`.', examples: ['q3Zk.42'] }),
      seq: Type.Integer({ minimum: 1, description: 'Rises by one with each event of the log.' }),
      type: Type.Literal(type),
      time: Type.String({ format: 'date-time', description: 'When it happened.' }),
      session: Type.Ref('Session')
    },
    { $id: type, description }
  )

/** Events of a session come in this order, each at most once, `Stopped` exactly once. */
export const Events = [
  EventOf('Launched', 'A launch was admitted; the session is `starting`, or `queued` until its turn comes.'),
  EventOf('Starting', 'The turn of a session that was queued has come: it begins to start.'),
  EventOf('AppReady', 'The app is ready.'),
  EventOf('Stopping', 'The session is being stopped.'),
  EventOf('Stopped', 'Nothing of the session is left.')
]

export const Event = Type.Unsafe({
  $id: 'Event',
  description: 'Something that happened to a session, with the whole session as it was then.',
  ...unionOf(eventTypes)
})

function unionOf(types: readonly string[]): object {
  return {
    oneOf: types.map(type => ({ $ref: `${type}#` })),
    discriminator: {
      propertyName: 'type',
      mapping: Object.fromEntries(types.map(type => [type, `#/components/schemas/${type}`]))
    }
  }
}

const Time = Type.String({ format: 'date-time', description: 'When it was sent.' })

const CursorOf = (description: string) => Type.String({ description, examples: ['q3Zk.42'] })

const Hello = Type.Object(
  {
    type: Type.Literal('Hello'),
    epoch: Type.String({
      description: 'Names the event log. A new state folder has a new one, and so has a log that lost something.',
      examples: ['q3Zk']
    }),
    seq: Type.Integer({ minimum: 0, description: 'Of the newest event.' }),
    cursor: CursorOf('Where this stream begins: `since` where it can be resumed from, else the newest event.'),
    time: Time,
    serverId: Type.String({ format: 'uuid', description: 'Names this run of the gateway.' }),
    heartbeatMs: Type.Integer({ minimum: 0, description: 'How often the gateway gives a sign of life; 0 is never.' })
  },
  { $id: 'Hello', description: 'The first message of a stream.' }
)

const Snapshot = Type.Object(
  {
    type: Type.Literal('Snapshot'),
    cursor: CursorOf('Of the newest event: the stream goes on after it.'),
    time: Type.String({ format: 'date-time', description: 'When it was made.' }),
    sessions: Type.Array(Type.Ref('Session'), {
      description: 'All that are not stopped, as far as the filter lets them through.'
    })
  },
  { $id: 'Snapshot', description: 'What is, as of the newest event when it was sent.' }
)

const Gap = Type.Object(
  { type: Type.Literal('Gap') },
  {
    $id: 'Gap',
    description: 'The cursor can’t be resumed from: what the client knows may be wrong. A `Snapshot` follows.'
  }
)

const Heartbeat = Type.Object(
  {
    type: Type.Literal('Heartbeat'),
    cursor: CursorOf('Up to where the client has been told, counting what its filter has left out.'),
    time: Time
  },
  { $id: 'Heartbeat', description: 'A sign of life, as often as `heartbeatMs` asks for it.' }
)

const Closed = Type.Object(
  {
    type: Type.Literal('Closed'),
    code: Type.Integer({ description: 'The close code that a WebSocket would get.', examples: [1013] }),
    reason: Type.String({ description: 'What to do.', examples: ['resume with since'] })
  },
  {
    $id: 'Closed',
    description:
      'The last message of SSE and NDJSON to a client that was too slow or can’t be served now (1013), or whose token is not valid any more (1008).'
  }
)

/** What a stream tells about itself. */
export const Controls = [Hello, Snapshot, Gap, Heartbeat, Closed]

/** All that a stream can send. */
export const Message = Type.Unsafe({
  $id: 'Message',
  description: 'A message of a stream. Clients should ignore types that they do not know.',
  ...unionOf([...controlTypes, ...eventTypes])
})

export const EventPage = Type.Object(
  {
    items: Type.Array(Type.Ref('Event')),
    cursor: Type.String({ description: 'Where the next page, or a stream, goes on.' })
  },
  { $id: 'EventPage', description: 'Events, oldest first.' }
)
