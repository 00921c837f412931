import { type Change, withUpdate } from './change.ts'
import { type Bounds, withExpiry, withoutExpiry } from './expiry.ts'
import type {
  LastRun,
  QueuedSession,
  ReadyInfo,
  RestartingSession,
  RunningSession,
  Session,
  SessionState,
  StartingSession,
  Stop,
  StopCause,
  StoppedSession,
  StoppingSession
} from './session.ts'
import { type Told, withoutTold } from './update.ts'

export const eventTypes = ['Launched', 'Starting', 'AppReady', 'Updated', 'Restarting', 'Stopping', 'Stopped'] as const

export type EventType = (typeof eventTypes)[number]

type AssignedPorts = Pick<RunningSession, 'port' | 'ports'>

/** What can happen to a session. `time` is in epoch milliseconds. */
export type Input =
  | { readonly type: 'start'; readonly time: number; readonly run?: number }
  | ({ readonly type: 'spawned'; readonly time: number; readonly pid: number } & AssignedPorts)
  | { readonly type: 'ready'; readonly time: number; readonly ready?: ReadyInfo }
  | {
      readonly type: 'restart'
      readonly time: number
      /** When the next run begins, in epoch milliseconds. */
      readonly at: number
      readonly attempt: number
      readonly of?: number
      readonly lastRun: LastRun
    }
  | ({ readonly type: 'updated'; readonly time: number } & Told & Change)
  | ({ readonly type: 'stop'; readonly time: number } & StopCause)
  | { readonly type: 'ended'; readonly time: number; readonly stop: Omit<Stop, 'since'> }

type InputOf<T extends Input['type']> = Extract<Input, { type: T }>

/** The session after a step, and its event, if clients can see the difference. */
export interface Step<S extends Session = Session> {
  readonly session: S
  readonly event?: EventType
}

export class IllegalTransition extends Error {
  constructor(session: Session, input: Input) {
    super(`Session ${session.id} is ${session.state}: '${input.type}' can't happen to it.`)
  }
}

type Beginning = QueuedSession | StartingSession

/** A launch is admitted at `time`: the first step of every session. */
export function begin(
  { id, appId, state, labels, run, ...bounds }: Pick<Beginning, 'id' | 'appId' | 'state' | 'labels' | 'run'> & Bounds,
  time: number
): Step<Beginning> {
  const session = { id, appId, state, labels, createdAt: timestamp(time), ...(run !== undefined && { run }), ...bounds }
  return { session: withExpiry(session, time + (bounds.leaseMs ?? 0)), event: 'Launched' }
}

/**
 * The whole life of a session. A pair that is missing here is illegal. The pairs that change nothing are races: a stop
 * overtakes readiness, a stop is repeated, a stop comes too late. To stop a queued session is its end, as nothing runs.
 */
const steps = {
  queued: {
    start: (session: QueuedSession, { time }: InputOf<'start'>) => ({
      session: withExpiry({ ...session, state: 'starting', startedAt: timestamp(time) }),
      event: 'Starting'
    }),
    updated,
    stop: (session: QueuedSession, { time, reason, initiator }: InputOf<'stop'>) =>
      end(session, { type: 'ended', time, stop: { reason, initiator, signalsSent: [], survivors: 0 } }),
    ended: end
  },
  starting: {
    spawned: (session: StartingSession, input: InputOf<'spawned'>) => ({ session: { ...session, ...spawned(input) } }),
    ready: (session: StartingSession, input: InputOf<'ready'>) => ({ session: run(session, input), event: 'AppReady' }),
    updated,
    restart,
    stop,
    ended: end
  },
  running: { updated, restart, stop, ended: end },
  restarting: {
    start: startAgain,
    updated,
    stop,
    ended: endRestarting
  },
  stopping: {
    spawned: (session: StoppingSession, input: InputOf<'spawned'>) => ({ session: { ...session, ...spawned(input) } }),
    ready: (session: StoppingSession) => ({ session }),
    updated,
    restart: (session: StoppingSession, { lastRun }: InputOf<'restart'>) => ({
      session: { ...withoutTold(session), lastRun }
    }),
    start: (session: StoppingSession, { run }: InputOf<'start'>) => ({
      session: { ...session, ...(run !== undefined && { run }) }
    }),
    stop: (session: StoppingSession) => ({ session }),
    ended: endStopping
  },
  stopped: {
    stop: (session: StoppedSession) => ({ session })
  }
} as const satisfies Table

type Table = {
  [S in SessionState]: { [I in Input['type']]?: (session: Extract<Session, { state: S }>, input: InputOf<I>) => Step }
}

/** Pure: what becomes of `session` when `input` happens. Throws {@link IllegalTransition}. */
export function transition(session: Session, input: Input): Step {
  const row: Partial<Record<Input['type'], (session: never, input: never) => Step>> = steps[session.state]
  const step = row[input.type]
  if (!step) throw new IllegalTransition(session, input)
  return step(session as never, input as never)
}

export function isLegal(state: SessionState, input: Input['type']): boolean {
  return input in steps[state]
}

function spawned({ pid, port, ports }: InputOf<'spawned'>) {
  return { pid, ...(port !== undefined && { port }), ...(ports && { ports }) }
}

function run(session: StartingSession, { time, ready }: InputOf<'ready'>): RunningSession {
  const { pid } = session
  if (pid === undefined) throw new Error(`Session ${session.id} can't be ready before it was spawned.`)
  return { ...session, pid, state: 'running', readyAt: timestamp(time), ...(ready && { ready }) }
}

function startAgain(
  { restart: _, ...session }: RestartingSession,
  { time, run }: InputOf<'start'>
): Step<StartingSession> {
  const { startedAt, run: before, firstStartedAt = before === 1 ? startedAt : undefined } = session
  const first = firstStartedAt === undefined ? {} : { firstStartedAt }
  const next = { ...(run !== undefined && { run }), ...first, startedAt: timestamp(time) }
  return { session: { ...session, ...next, state: 'starting' }, event: 'Starting' }
}

function updated<S extends Exclude<Session, StoppedSession>>(session: S, update: InputOf<'updated'>) {
  return { session: withUpdate(session, update), event: 'Updated' } as const
}

/** The run has ended and another one follows: what was known of its process is not true of the next one. */
function restart(
  ended: StartingSession | RunningSession,
  { at, attempt, of, lastRun }: InputOf<'restart'>
): Step<RestartingSession> {
  const {
    pid: _,
    readyAt: __,
    ready: ___,
    ...session
  } = { readyAt: undefined, ready: undefined, ...withoutTold(ended) }
  const restart = { at: timestamp(at), attempt, ...(of !== undefined && { of }) }
  return { session: { ...session, state: 'restarting', restart, lastRun }, event: 'Restarting' }
}

function stop(
  session: StartingSession | RunningSession | RestartingSession,
  { time, reason, initiator }: InputOf<'stop'>
): Step<StoppingSession> {
  const stopping = { reason, initiator, since: timestamp(time) }
  return { session: { ...withoutExpiry(session), state: 'stopping', stopping }, event: 'Stopping' }
}

function end(
  session: QueuedSession | StartingSession | RunningSession,
  { time, stop }: InputOf<'ended'>
): Step<StoppedSession> {
  return {
    session: { ...withoutExpiry(session), state: 'stopped', stoppedAt: timestamp(time), stop },
    event: 'Stopped'
  }
}

function endRestarting({ restart: _, ...session }: RestartingSession, { time, stop }: InputOf<'ended'>) {
  return {
    session: { ...withoutExpiry(session), state: 'stopped', stoppedAt: timestamp(time), stop },
    event: 'Stopped'
  } as const
}

function endStopping(
  { stopping, ...session }: StoppingSession,
  { time, stop }: InputOf<'ended'>
): Step<StoppedSession> {
  const { reason, initiator, ...how } = stop
  // Of two requests the first one counts; an app that has ended by itself has not ended on request.
  const cause = requested.has(reason) ? stopping : { reason, initiator }
  const whole = { reason: cause.reason, initiator: cause.initiator, since: stopping.since, ...how }
  return { session: { ...session, state: 'stopped', stoppedAt: timestamp(time), stop: whole }, event: 'Stopped' }
}

/** The reasons of requests to stop, which clients and the gateway make, and the supervisor when a lifetime is over. */
const requested: ReadonlySet<string> = new Set(['terminated', 'gatewayStopped', 'lifetime', 'leaseExpired'])

function timestamp(time: number): string {
  return new Date(time).toISOString()
}
