import { Type } from '@sinclair/typebox'
import { type EventType as EventTypeName, eventTypes } from '../../session/transition.ts'
import { Int32, Int64 } from './integers.ts'
import { Named, OpenEnum } from './names.ts'

export const controlTypes = ['Hello', 'Snapshot', 'Gap', 'Heartbeat', 'Closed'] as const

export const EventType = OpenEnum(eventTypes, {
  $id: 'EventType',
  description:
    '`Launched` comes first, `Stopped` last and once. `Starting`: a queued session starts, or the next run of one that is `Restarting`. `Updated`, any number of times: it has another progress or health.'
})

export const Event = Type.Object(
  {
    id: Type.String({ description: 'The cursor of this event: `<epoch>.<seq>`.', examples: ['q3Zk.42'] }),
    seq: Int64({
      minimum: 1,
      description: 'The number of the event in its log: one more than that of the event before.'
    }),
    type: Named<EventTypeName>('EventType'),
    time: Type.String({ format: 'date-time', description: 'When it happened.' }),
    session: Type.Optional(Type.Ref('Session')),
    node: Type.Optional(Type.String({ description: 'Reserved for events of other machines.' }))
  },
  {
    $id: 'Event',
    description:
      'Something that happened: so far always to a session, and then `session` is the whole session as it was after it.'
  }
)

const Time = Type.String({ format: 'date-time', description: 'When it was sent.' })

const CursorOf = (description: string) => Type.String({ description, examples: ['q3Zk.42'] })

const Hello = Type.Object(
  {
    type: Type.Literal('Hello'),
    epoch: Type.String({
      description:
        'The name of the event log. A new state folder has a new one, and so has a log that has lost events.',
      examples: ['q3Zk']
    }),
    seq: Int64({ minimum: 0, description: 'The number of the newest event; 0 before the first.' }),
    cursor: CursorOf('Where this stream begins: at `since` if it can be resumed from, else at the newest event.'),
    time: Time,
    serverId: Type.String({ format: 'uuid', description: 'The name of this run of the gateway.' }),
    heartbeatMs: Int32({
      minimum: 0,
      description: 'How often the gateway sends a ping, a comment or a `Heartbeat`, in milliseconds; 0 means never.'
    })
  },
  { $id: 'Hello', description: 'The first message of a stream.' }
)

const Snapshot = Type.Object(
  {
    type: Type.Literal('Snapshot'),
    cursor: CursorOf('The cursor of the newest event. The stream goes on after it.'),
    time: Type.String({ format: 'date-time', description: 'When it was made.' }),
    sessions: Type.Array(Type.Ref('Session'), {
      description: 'All sessions that are not stopped and that the filters let through.'
    })
  },
  {
    $id: 'Snapshot',
    description: 'The sessions that are not stopped, as of `cursor`.'
  }
)

const Gap = Type.Object(
  { type: Type.Literal('Gap') },
  {
    $id: 'Gap',
    description: 'The stream can’t be resumed from the cursor: the client has missed events. A `Snapshot` follows.'
  }
)

const Heartbeat = Type.Object(
  {
    type: Type.Literal('Heartbeat'),
    cursor: CursorOf('Every event up to this cursor has been sent, or was left out by the filters.'),
    time: Time
  },
  { $id: 'Heartbeat', description: 'Sent at the interval of the parameter `heartbeatMs`.' }
)

const Closed = Type.Object(
  {
    type: Type.Literal('Closed'),
    code: Int32({ description: 'The close code that a WebSocket would get: 1013 or 1008.', examples: [1013] }),
    reason: Type.String({ description: 'Why the stream was closed.', examples: ['resume with since'] })
  },
  {
    $id: 'Closed',
    description:
      'The last message of a stream over SSE or NDJSON to a client that read too slowly or can’t be served now (1013), or whose token is not valid any more (1008).'
  }
)

/** Messages about the stream itself. */
export const Controls = [Hello, Snapshot, Gap, Heartbeat, Closed]

/** Any message of a stream. */
export const Message = Type.Unsafe({
  $id: 'Message',
  description: 'A message of a stream. Clients should ignore types that they do not know.',
  oneOf: [...controlTypes, 'Event'].map(name => ({ $ref: `${name}#` }))
})

export const EventPage = Type.Object(
  {
    items: Type.Array(Type.Ref('Event')),
    cursor: Type.String({
      description:
        'The `since` of the next page, or of a stream that goes on from here; with `before`, that of the page before.'
    })
  },
  { $id: 'EventPage', description: 'A page of events, oldest first.' }
)
