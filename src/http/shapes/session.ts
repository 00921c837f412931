import { type Static, Type } from '@sinclair/typebox'
import { appIdPattern, envNamePattern } from '../../config/schema.ts'
import type { LaunchRequest as DomainLaunchRequest } from '../../gateway/launch/launcher.ts'
import { cursorPattern } from '../../gateway/store/cursor.ts'
import {
  type Session as DomainSession,
  type ReadyInfo,
  type StopInitiator as StopInitiatorName,
  type StopReason as StopReasonName,
  sessionStates,
  stopInitiators,
  stopReasons
} from '../../session/session.ts'
import { lineOrigins } from '../../session-log/record.ts'
import type { MembersOf, Same } from './same.ts'

export const StringEnum = <T extends string>(values: readonly T[], options: object = {}) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], ...options })

/** A shared schema by its name, of a type that its values have. */
export const Named = <T>(name: string, options: object = {}) => Type.Unsafe<T>({ $ref: `${name}#`, ...options })

const Timestamp = (description: string) => Type.String({ format: 'date-time', description })

export const AppId = Type.String({ pattern: appIdPattern, description: 'The id of an app.', examples: ['demo.clock'] })

export const SessionId = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Rising, never reused within a state folder.'
})

export const CursorText = Type.String({
  pattern: cursorPattern,
  description: 'A place in a list or in the event log.',
  examples: ['q3Zk.42']
})

/** `name=value`. */
export const LabelFilter = Type.Array(Type.String({ pattern: '^[^=]+=', maxLength: 400 }), {
  maxItems: 32,
  description: '`name=value`; a session must have all the labels given.'
})

export const Labels = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$' }),
  Type.String({ maxLength: 256 }),
  {
    $id: 'Labels',
    maxProperties: 32,
    additionalProperties: false,
    description: 'Names and values of the client’s own choice.'
  }
)

export const SessionState = StringEnum(sessionStates, {
  $id: 'SessionState',
  description:
    'Goes from left to right, may skip, never goes back. `queued`: admitted, and waiting for its turn to start.'
})

export const StopReason = StringEnum(stopReasons, {
  $id: 'StopReason',
  description:
    '`readyMissed`: stdout closed, or the app exited, before it was ready. `runtimeUnset`: no runtime runs the app. `supervisorLost`: the process that ran the sessions died.'
})

export const StopInitiator = StringEnum(stopInitiators, {
  $id: 'StopInitiator',
  description: 'Who ended the session.'
})

const cause = {
  reason: Named<StopReasonName>('StopReason'),
  initiator: Named<StopInitiatorName>('StopInitiator')
}

export const OngoingStop = Type.Object(
  { ...cause, since: Timestamp('When the session began to stop.') },
  { $id: 'OngoingStop', description: 'Why a session is being stopped.' }
)

export const Stop = Type.Object(
  {
    ...cause,
    since: Type.Optional(
      Timestamp('When the session began to stop; absent where it ended without having been `stopping`.')
    ),
    exitCode: Type.Optional(Type.Integer({ description: 'Of the process that was spawned.' })),
    signal: Type.Optional(Type.String({ description: 'The signal that ended the process that was spawned.' })),
    message: Type.Optional(Type.String({ description: 'One sentence for people.' })),
    signalsSent: Type.Unsafe<readonly string[]>(Type.Array(Type.String(), { description: 'In the order sent.' })),
    survivors: Type.Literal(0, { description: 'Processes left: none, or the session would not be stopped.' })
  },
  { $id: 'Stop', description: 'Why and how a session ended.' }
)

export const Session = Type.Object(
  {
    id: SessionId,
    appId: AppId,
    state: Named<(typeof sessionStates)[number]>('SessionState'),
    pid: Type.Optional(Type.Integer({ description: 'Of the process that was spawned.' })),
    port: Type.Optional(Type.Integer({ description: 'The port handed out where the app’s entry uses `{port}`.' })),
    labels: Named<Static<typeof Labels>>('Labels'),
    createdAt: Timestamp('When the launch was admitted.'),
    startedAt: Type.Optional(
      Timestamp('When its turn came, of a session that was queued; all others began to start at `createdAt`.')
    ),
    readyAt: Type.Optional(Timestamp('When the app was ready.')),
    stoppedAt: Type.Optional(Timestamp('When nothing of it was left.')),
    ready: Type.Optional(
      Type.Unsafe<ReadyInfo>(
        Type.Object(
          {},
          {
            additionalProperties: true,
            description: 'What the readiness line told: named groups, or the JSON after `READY `.'
          }
        )
      )
    ),
    stopping: Type.Optional(Named<Static<typeof OngoingStop>>('OngoingStop')),
    stop: Type.Optional(Named<Static<typeof Stop>>('Stop'))
  },
  { $id: 'Session', description: 'One run of one app.' }
)

export const SessionPage = Type.Object(
  {
    items: Type.Array(Type.Ref('Session')),
    nextCursor: Type.Optional(CursorText),
    eventCursor: Type.String({ description: 'Where to start `/events` so that nothing after this answer is missed.' })
  },
  { $id: 'SessionPage', description: 'Sessions in the order of their ids.' }
)

export const LogLine = Type.Object(
  {
    seq: Type.Integer({ minimum: 1, description: 'Counts the lines of both streams.' }),
    time: Timestamp('When the gateway got it.'),
    stream: StringEnum(lineOrigins, {
      description:
        'Lines of `gateway` are its own: what is missing of the others, and what looked like readiness but did not count.'
    }),
    line: Type.String({ description: 'Without its line end.' }),
    cutBytes: Type.Optional(
      Type.Integer({ minimum: 1, description: 'How much of an overlong line is missing at its end.' })
    ),
    missing: Type.Optional(Type.Integer({ minimum: 1, description: 'How many lines before the next one are gone.' }))
  },
  { $id: 'LogLine', description: 'A line that a session wrote.' }
)

export const LaunchRequest = Type.Object(
  {
    appId: AppId,
    labels: Type.Optional(Named<Static<typeof Labels>>('Labels')),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: envNamePattern }), Type.String({ pattern: '^[^\\u0000]*$' }), {
        maxProperties: 64,
        additionalProperties: false,
        description: 'Variables for the app, of the names that its entry lets a launch set.'
      })
    )
  },
  { $id: 'LaunchRequest', additionalProperties: false, description: 'What to launch.' }
)

/* These do not compile where a schema and the domain's type differ in a member, its type, or whether it may be absent. */

export const launchRequestIsTheDomains: Same<
  MembersOf<Static<typeof LaunchRequest>>,
  MembersOf<DomainLaunchRequest>
> = true

export const sessionIsTheDomains: Same<MembersOf<Static<typeof Session>>, MembersOf<DomainSession>> = true
