import { Type } from '@sinclair/typebox'
import { scopes } from '../../config/scopes.ts'
import type { ErrorCode } from '../../gateway/errors.ts'
import { Int32, Int64 } from './integers.ts'
import { Named, OpenEnum } from './names.ts'
import { Timestamp } from './session.ts'

export const Scope = OpenEnum(scopes, { $id: 'Scope', description: 'What a token permits.' })

export const Me = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'The name of the token; absent if the gateway needs none.' })),
    scopes: Type.Array(Named('Scope')),
    apps: Type.Optional(
      Type.Array(Type.String(), { description: 'Patterns of the apps that the token sees; absent if it sees all.' })
    )
  },
  { $id: 'Me', description: 'Who asks, and what the token permits.' }
)

const count = (description: string) => Int32({ minimum: 0, description })
const limit = (description: string) => Int64({ minimum: 0, description })
const bytes = (description: string) => Int64({ minimum: 0, description })
const ms = (description: string) => Int64({ minimum: 0, description })

export const CgroupStatus = Type.Object(
  {
    use: Type.String({ description: 'Which sessions have one.', examples: ['limits'] }),
    controllers: Type.Array(Type.String(), { description: 'That hold limits.' })
  },
  { $id: 'CgroupStatus', description: 'The cgroups of sessions; absent if they have none.' }
)

export const SupervisorStatus = Type.Object(
  {
    attached: Type.Boolean({ description: 'Can sessions be launched?' }),
    attachedAt: Type.Optional(Timestamp('Since when this supervisor is attached.')),
    attachments: count('How often a supervisor was attached since the gateway started.'),
    spawner: Type.Optional(Type.String({ description: 'How processes are spawned.', examples: ['posix-spawn'] })),
    cgroups: Type.Optional(Named('CgroupStatus'))
  },
  { $id: 'SupervisorStatus', description: 'The process that runs the sessions.' }
)

export const Limits = Type.Object(
  {
    maxSessions: limit('Sessions that are not stopped.'),
    maxStarting: limit('Sessions that start at the same time; 0 is no limit.'),
    requestsPerMinute: limit('Requests of a token at an address; 0 is no limit.'),
    maxStreamsPerToken: limit('Streams of a token; 0 is no limit.'),
    authFailuresPerMinute: limit('Invalid tokens of an address; 0 is no limit.')
  },
  { $id: 'Limits', description: 'The limits of the gateway.' }
)

export const Retention = Type.Object(
  {
    eventsMaxAgeMs: ms('Of events.'),
    eventsMaxCount: Int64({ minimum: 0, description: 'How many events are kept.' }),
    sessionsMaxAgeMs: ms('Of stopped sessions.'),
    sessionsMaxCount: Int64({ minimum: 0, description: 'How many stopped sessions are kept.' }),
    sessionLogMaxBytes: bytes('Of the log of a session.'),
    logsMaxBytes: bytes('Of the logs of all stopped sessions.'),
    minFreeBytes: bytes('Of the disk, which logs leave free.')
  },
  { $id: 'Retention', description: 'What is kept, and how long.' }
)

export const EventClients = Type.Object(
  { websocket: count('Over WebSocket.'), sse: count('As server-sent events.'), ndjson: count('As NDJSON.') },
  { $id: 'EventClients', description: 'Clients that follow the events.' }
)

export const Memory = Type.Object(
  { rssBytes: bytes('Resident memory.'), heapUsedBytes: bytes('JavaScript objects.') },
  { $id: 'Memory', description: 'The memory of the gateway process.' }
)

export const LoopDelay = Type.Object(
  { p50: count('The median.'), p99: count('99 of 100 were shorter.'), max: count('The longest.') },
  { $id: 'LoopDelay', description: 'How long the event loop was late since the gateway started, in milliseconds.' }
)

export const LogBytes = Type.Object(
  { keptBytes: bytes('Kept.'), droppedBytes: bytes('Not taken by the disk.') },
  { $id: 'LogBytes', description: 'What sessions wrote since the supervisor started.' }
)

export const Gateway = Type.Object(
  {
    version: Type.String({ description: 'Of weft-gateway.' }),
    serverId: Type.String({ format: 'uuid', description: 'The name of this run of the gateway.' }),
    startedAt: Timestamp('When this run began.'),
    time: Timestamp('When this was answered.'),
    oldestCursor: Type.String({
      description: 'A stream from here has every event that is kept.',
      examples: ['q3Zk.0']
    }),
    newestCursor: Type.String({ description: 'The cursor of the newest event.', examples: ['q3Zk.42'] }),
    ready: Type.Boolean({ description: 'Can sessions be launched?' }),
    problem: Type.Optional(Named<ErrorCode>('ErrorCode')),
    supervisor: Named('SupervisorStatus'),
    limits: Named('Limits'),
    retention: Named('Retention'),
    eventClients: Type.Optional(Named('EventClients')),
    memory: Type.Optional(Named('Memory')),
    loopDelayMs: Type.Optional(Named('LoopDelay')),
    logs: Type.Optional(Named('LogBytes'))
  },
  {
    $id: 'Gateway',
    description: 'The gateway. `eventClients`, `memory`, `loopDelayMs` and `logs` are for tokens that see all apps.'
  }
)
