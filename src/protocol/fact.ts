import { type Static, Type } from '@sinclair/typebox'
import { type StopReason as StopReasonName, stopInitiators, stopReasons } from '../session/session.ts'
import type { Immutable } from './immutable.ts'
import { SessionKey } from './session-key.ts'
import { told } from './told.ts'

const Time = Type.Number()
const Pid = Type.Integer({ minimum: 1 })

/** Identifies a process uniquely, across reuse of its pid and across boots. */
export const ProcessIdentity = Type.Object({ pid: Pid, startTime: Type.Integer({ minimum: 0 }), bootId: Type.String() })

export type ProcessIdentity = Immutable<Static<typeof ProcessIdentity>>

export const StopReason = Type.Union(stopReasons.map(reason => Type.Literal(reason)))

export const StopInitiator = Type.Union(stopInitiators.map(initiator => Type.Literal(initiator)))

const SentSignal = Type.Object({
  signal: Type.String(),
  at: Type.String(),
  count: Type.Integer({ minimum: 0 }),
  pids: Type.Array(Pid)
})

const TotalUsage = Type.Object({
  cpuMs: Type.Number({ minimum: 0 }),
  peakRssBytes: Type.Optional(Type.Integer({ minimum: 0 })),
  processes: Type.Integer({ minimum: 0 })
})

const Stop = Type.Object({
  reason: StopReason,
  initiator: StopInitiator,
  exitCode: Type.Optional(Type.Integer()),
  signal: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  signalsSent: Type.Array(Type.String()),
  signals: Type.Optional(Type.Array(SentSignal)),
  usage: Type.Optional(TotalUsage),
  survivors: Type.Literal(0)
})

const LastRun = Type.Object({
  run: Type.Integer({ minimum: 1 }),
  reason: StopReason,
  exitCode: Type.Optional(Type.Integer()),
  signal: Type.Optional(Type.String()),
  readyMs: Type.Optional(Type.Number()),
  ranMs: Type.Number()
})

/** The inputs of the session's state machine that a supervisor reports. */
export const FactInput = Type.Union([
  Type.Object({
    type: Type.Literal('spawned'),
    time: Time,
    pid: Pid,
    port: Type.Optional(Type.Integer()),
    ports: Type.Optional(Type.Record(Type.String(), Type.Integer()))
  }),
  Type.Object({
    type: Type.Literal('ready'),
    time: Time,
    ready: Type.Optional(Type.Record(Type.String(), Type.Unknown()))
  }),
  Type.Object({
    type: Type.Literal('restart'),
    time: Time,
    at: Time,
    attempt: Type.Integer({ minimum: 1 }),
    of: Type.Optional(Type.Integer({ minimum: 1 })),
    lastRun: LastRun
  }),
  /** The next run of a session that is restarted begins. */
  Type.Object({ type: Type.Literal('start'), time: Time, run: Type.Integer({ minimum: 2 }) }),
  Type.Object({ type: Type.Literal('updated'), time: Time, ...told }),
  Type.Object({ type: Type.Literal('stop'), time: Time, reason: StopReason, initiator: StopInitiator }),
  Type.Object({ type: Type.Literal('ended'), time: Time, stop: Stop })
])

export type FactInput = Immutable<Static<typeof FactInput>>

/** Something that happened to a session. */
export const Fact = Type.Object({
  type: Type.Literal('fact'),
  /** Rises by one with each fact of a supervisor instance. */
  seq: Type.Integer({ minimum: 1 }),
  key: SessionKey,
  input: FactInput,
  /** With `spawned`. */
  leader: Type.Optional(ProcessIdentity)
})

export type Fact = Immutable<Static<typeof Fact>>

/** The reasons that gateways of before `appsVersion` do not know, and the nearest that they do. */
const earlierReasons: Partial<Record<StopReasonName, StopReasonName>> = {
  completed: 'exited',
  startFailed: 'spawnFailed',
  appFailed: 'exited',
  unhealthy: 'exited',
  watchdog: 'exited',
  memoryLimit: 'exited',
  processLimit: 'exited',
  lifetime: 'terminated',
  leaseExpired: 'terminated'
}

/**
 * The JSON of a fact as gateways of before `appsVersion` know it. Undefined for restarts and updates: to those
 * gateways such a session stays what it was before.
 */
export function factForEarlier(json: string): string | undefined {
  const fact: Fact = JSON.parse(json)
  const { input } = fact
  switch (input.type) {
    case 'restart':
    case 'start':
    case 'updated':
      return undefined
    case 'stop': {
      const reason = earlierReasons[input.reason]
      return reason ? JSON.stringify({ ...fact, input: { ...input, reason } }) : json
    }
    case 'ended': {
      const reason = earlierReasons[input.stop.reason]
      return reason ? JSON.stringify({ ...fact, input: { ...input, stop: { ...input.stop, reason } } }) : json
    }
    default:
      return json
  }
}
