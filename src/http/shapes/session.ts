import { type Static, Type } from '@sinclair/typebox'
import { appIdPattern } from '../../config/schema.ts'
import { envNamePattern } from '../../config/variables.ts'
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
import { envValuePattern, labelPattern } from '../patterns.ts'
import { type Expiry, leaseMs, lifetimeMs } from './expiry.ts'
import { Int32, Int64 } from './integers.ts'
import { Named, OpenEnum, StringEnum } from './names.ts'
import type { MembersOf, Same } from './same.ts'
import type { Health, Progress } from './update.ts'

export const Timestamp = (description: string) => Type.String({ format: 'date-time', description })

export const AppId = Type.String({ pattern: appIdPattern, description: 'The id of an app.', examples: ['demo.clock'] })

export const SessionId = Int64({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Greater than that of every session before; never used again within a state folder.'
})

export const CursorText = Type.String({
  pattern: cursorPattern,
  description: 'A place in a list or in the event log: `<epoch>.<number>`.',
  examples: ['q3Zk.42']
})

export const PageLimit = Int32({ minimum: 1, maximum: 1000, default: 100, description: 'Items on a page.' })

/** The apps to filter by. */
export const AppFilter = Type.Array(AppId, { maxItems: 100, description: 'Of one of these apps.' })

/** `name=value`. */
export const LabelFilter = Type.Array(Type.String({ pattern: labelPattern, maxLength: 400 }), {
  maxItems: 32,
  description: 'Of sessions that have this label, `name=value`; of several, all.'
})

const labelNamePattern = '^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$'

export const Labels = Type.Record(Type.String({ pattern: labelNamePattern }), Type.String({ maxLength: 256 }), {
  $id: 'Labels',
  maxProperties: 32,
  additionalProperties: false,
  description: 'Names and values that the client chose.'
})

export const SessionState = OpenEnum(sessionStates, {
  $id: 'SessionState',
  description:
    'States come in this order; some can be skipped. `queued`: admitted, and waiting to start. `restarting`: a run has ended; `starting` follows again.'
})

export const StopReason = OpenEnum(stopReasons, {
  $id: 'StopReason',
  description:
    '`completed`: a job succeeded. `readyMissed`: stdout closed, or the app exited, before it was ready. `startFailed`: a command of `before` failed. `runtimeUnset`: no runtime runs the app. `appFailed`: the app said so. `supervisorLost`: the process that ran the sessions died.'
})

export const StopInitiator = OpenEnum(stopInitiators, {
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

export const SentSignal = Type.Object(
  {
    signal: Type.String({ description: 'Its name.', examples: ['SIGTERM'] }),
    at: Timestamp('When the first process got it.'),
    count: Int32({ minimum: 0, description: 'How many processes got it.' }),
    pids: Type.Unsafe<readonly number[]>(
      Type.Array(Int32(), { description: 'The first processes that got it, at most 32.' })
    )
  },
  { $id: 'SentSignal', description: 'A signal that was sent to processes of a session.' }
)

const cpuMs = Int64({ minimum: 0, description: 'CPU time, in milliseconds.' })

export const Usage = Type.Object(
  {
    cpuMs,
    rssBytes: Int64({ minimum: 0, description: 'Resident memory; what processes share counts for each.' }),
    peakRssBytes: Int64({ minimum: 0, description: 'The most that was seen.' }),
    processes: Int32({ minimum: 0 }),
    at: Timestamp('When it was sampled.')
  },
  { $id: 'Usage', description: 'What the processes of a session use.' }
)

export const TotalUsage = Type.Object(
  {
    cpuMs,
    peakRssBytes: Type.Optional(
      Int64({ minimum: 0, description: 'The most that was seen; absent if the session ended before.' })
    ),
    processes: Int32({ minimum: 0, description: 'The most that were seen at once.' })
  },
  { $id: 'TotalUsage', description: 'What the processes of a session used.' }
)

export const Stop = Type.Object(
  {
    ...cause,
    since: Type.Optional(
      Timestamp('When the session began to stop; absent if it ended without having been `stopping`.')
    ),
    exitCode: Type.Optional(Int32({ description: 'The exit code of the process that was spawned.' })),
    signal: Type.Optional(Type.String({ description: 'The signal that ended the process that was spawned.' })),
    message: Type.Optional(Type.String({ description: 'What happened, for people.' })),
    signalsSent: Type.Unsafe<readonly string[]>(
      Type.Array(Type.String(), { description: 'The signals that were sent, in their order.' })
    ),
    signals: Type.Optional(
      Type.Unsafe<readonly Static<typeof SentSignal>[]>(
        Type.Array(Type.Ref('SentSignal'), { description: 'The same, with the processes that got them.' })
      )
    ),
    usage: Type.Optional(Named<Static<typeof TotalUsage>>('TotalUsage')),
    survivors: Type.Unsafe<0>(
      Int32({
        minimum: 0,
        description: 'How many processes are left: 0, since a session is stopped only when none is.'
      })
    )
  },
  { $id: 'Stop', description: 'Why and how a session ended.' }
)

export const Restart = Type.Object(
  {
    at: Timestamp('When the next run begins.'),
    attempt: Int32({ minimum: 1, description: 'Which restart it is, of those that count.' }),
    of: Type.Optional(Int32({ minimum: 1, description: 'How many can be; absent without a limit.' }))
  },
  { $id: 'Restart', description: 'The restart that a session waits for.' }
)

export const LastRun = Type.Object(
  {
    run: Int32({ minimum: 1, description: 'Its number.' }),
    reason: Named<StopReasonName>('StopReason'),
    exitCode: Type.Optional(Int32()),
    signal: Type.Optional(Type.String()),
    readyMs: Type.Optional(Int64({ minimum: 0, description: 'How long it took to be ready.' })),
    ranMs: Int64({ minimum: 0, description: 'How long it ran.' })
  },
  { $id: 'LastRun', description: 'How the run before ended.' }
)

export const Session = Type.Object(
  {
    id: SessionId,
    appId: AppId,
    state: Named<(typeof sessionStates)[number]>('SessionState'),
    pid: Type.Optional(Int32({ description: 'The id of the process that was spawned.' })),
    port: Type.Optional(Int32({ description: 'The port that the app was given, if its entry uses `{port}`.' })),
    ports: Type.Optional(
      Type.Unsafe<Readonly<Record<string, number>>>(
        Type.Object(
          {},
          { additionalProperties: Int32(), description: 'The ports for `{port:name}` in its entry, by their names.' }
        )
      )
    ),
    labels: Named<Static<typeof Labels>>('Labels'),
    createdAt: Timestamp('When the launch was admitted.'),
    startedAt: Type.Optional(
      Timestamp('When a session that was queued, or is restarted, started; others start at `createdAt`.')
    ),
    readyAt: Type.Optional(Timestamp('When the app was ready.')),
    stoppedAt: Type.Optional(Timestamp('When no process of it was left.')),
    ready: Type.Optional(
      Type.Unsafe<ReadyInfo>(
        Type.Object(
          {},
          {
            additionalProperties: true,
            description:
              'What the app reported when it was ready: the named groups of `ready.pattern`, or the JSON object after `READY `.'
          }
        )
      )
    ),
    run: Type.Optional(Int32({ minimum: 1, description: 'The number of its run, if its app is restarted.' })),
    restart: Type.Optional(Named<Static<typeof Restart>>('Restart')),
    lastRun: Type.Optional(Named<Static<typeof LastRun>>('LastRun')),
    firstStartedAt: Type.Optional(Timestamp('When its first run started, if it was queued and has been restarted.')),
    lifetimeMs: Type.Optional(lifetimeMs),
    leaseMs: Type.Optional(leaseMs),
    expiresAt: Type.Optional(Named<Static<typeof Expiry>>('Expiry')),
    progress: Type.Optional(Named<Static<typeof Progress>>('Progress')),
    health: Type.Optional(Named<Static<typeof Health>>('SessionHealth')),
    usage: Type.Optional(Named<Static<typeof Usage>>('Usage')),
    stopping: Type.Optional(Named<Static<typeof OngoingStop>>('OngoingStop')),
    stop: Type.Optional(Named<Static<typeof Stop>>('Stop'))
  },
  { $id: 'Session', description: 'One run of one app.' }
)

export const SessionPage = Type.Object(
  {
    items: Type.Array(Type.Ref('Session')),
    nextCursor: Type.Optional(CursorText),
    eventCursor: Type.String({
      description: 'A cursor: `/events` from there has every change after this answer.'
    })
  },
  { $id: 'SessionPage', description: 'A page of sessions.' }
)

export const SessionOrder = StringEnum(['oldest', 'newest'] as const, {
  $id: 'SessionOrder',
  description: 'Which sessions come first; `oldest` by default.'
})

export const WaitTarget = StringEnum(['ready', 'stopped', 'completed'] as const, {
  $id: 'WaitTarget',
  description: 'What to wait for; `stopped` by default.'
})

export const LaunchRequest = Type.Object(
  {
    appId: AppId,
    labels: Type.Optional(Named<Static<typeof Labels>>('Labels')),
    env: Type.Optional(
      Type.Record(Type.String({ pattern: envNamePattern }), Type.String({ pattern: envValuePattern }), {
        maxProperties: 64,
        additionalProperties: false,
        description: 'Environment variables for the app. Only those in its `clientEnv` can be set.'
      })
    ),
    params: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>(
        Type.Object(
          {},
          {
            additionalProperties: true,
            maxProperties: 64,
            description: 'Values for the parameters of the app, as its `params` describes them.'
          }
        )
      )
    ),
    lifetimeMs: Type.Optional(lifetimeMs),
    leaseMs: Type.Optional(leaseMs)
  },
  { $id: 'LaunchRequest', additionalProperties: false, description: 'What to launch.' }
)

/** Null, which the contract leaves to the description, removes a value. */
export const SessionPatch = Type.Object(
  {
    labels: Type.Optional(
      Type.Unsafe<Readonly<Record<string, string | null>> | null>({
        type: 'object',
        nullable: true,
        patternProperties: { [labelNamePattern]: { type: 'string', nullable: true, maxLength: 256 } },
        maxProperties: 64,
        additionalProperties: false,
        description: 'Labels to set; `null` removes one.'
      })
    ),
    lifetimeMs: Type.Optional(Type.Unsafe<number | null>({ ...lifetimeMs, nullable: true }))
  },
  {
    $id: 'SessionPatch',
    additionalProperties: false,
    description: 'What to change in a session.',
    examples: [{ labels: { team: 'red' } }]
  }
)

/* These do not compile if a schema and the domain's type differ in a member, its type, or whether it can be absent. */

export const launchRequestIsTheDomains: Same<
  MembersOf<Static<typeof LaunchRequest>>,
  MembersOf<DomainLaunchRequest>
> = true

export const sessionIsTheDomains: Same<MembersOf<Static<typeof Session>>, MembersOf<DomainSession>> = true
