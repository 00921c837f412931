import type { Bounds, Expiring } from './expiry.ts'
import type { Told } from './update.ts'

/** One run of one app. HTTP answers and events contain this value as it is, so all its members are public. */
export type Session =
  | QueuedSession
  | StartingSession
  | RunningSession
  | RestartingSession
  | StoppingSession
  | StoppedSession

export type SessionState = Session['state']

interface Identity extends Bounds {
  /** Unique within a state folder, rising, never reused. */
  readonly id: number
  readonly appId: string
  readonly labels: Labels
  /** RFC 3339, UTC, milliseconds; so are all the times of a session. */
  readonly createdAt: string
}

/** Members that only a session of an app has that is restarted. */
interface Runs {
  /** The number of the present run, from 1. */
  readonly run?: number
  /** The run before it. */
  readonly lastRun?: LastRun
}

/** Members that only a session has that was queued or restarted. */
interface Dequeued {
  /** When the present run started; that of a session without it started at `createdAt`. */
  readonly startedAt?: string
  /** When its first run started, if it was queued and has been restarted. */
  readonly firstStartedAt?: string
}

/** What is known once the program has been spawned. */
interface Spawned {
  readonly pid: number
  /** The port that was assigned if the catalogue entry uses `{port}`. */
  readonly port?: number
  /** The ports that were assigned if it uses `{port:name}`, by their names. */
  readonly ports?: Readonly<Record<string, number>>
  /** Only in the answer to who reads this session: it is not recorded. */
  readonly usage?: Usage
}

/** What the processes of a session use. */
export interface Usage {
  /** CPU time so far, in milliseconds. */
  readonly cpuMs: number
  /** Resident memory; what processes share counts for each. */
  readonly rssBytes: number
  /** The most that was seen. */
  readonly peakRssBytes: number
  readonly processes: number
  /** When it was sampled. */
  readonly at: string
}

/** What the processes of a session used, to the end, in all of its runs. */
export interface TotalUsage {
  readonly cpuMs: number
  /** The most that was seen at once; absent if the session ended before it was looked at. */
  readonly peakRssBytes?: number
  /** The most that were seen at once. */
  readonly processes: number
}

/** What the app reported when it was ready: named groups of the pattern, or the JSON after `READY `. */
interface Ready {
  readonly readyAt: string
  readonly ready?: ReadyInfo
}

/** Admitted and waiting to start: no process of it runs. */
export interface QueuedSession extends Identity, Runs, Expiring {
  readonly state: 'queued'
}

export interface StartingSession extends Identity, Dequeued, Runs, Expiring, Told, Partial<Spawned> {
  readonly state: 'starting'
}

export interface RunningSession extends Identity, Dequeued, Runs, Expiring, Told, Spawned, Ready {
  readonly state: 'running'
}

/** Between two runs: no process of it runs. */
export interface RestartingSession extends Identity, Dequeued, Runs, Expiring, Omit<Partial<Spawned>, 'pid'> {
  readonly pid?: never
  readonly state: 'restarting'
  readonly restart: Restart
  readonly lastRun: LastRun
}

export interface StoppingSession extends Identity, Dequeued, Runs, Told, Partial<Spawned>, Partial<Ready> {
  readonly state: 'stopping'
  readonly stopping: OngoingStop
}

export interface StoppedSession extends Identity, Dequeued, Runs, Told, Partial<Spawned>, Partial<Ready> {
  readonly state: 'stopped'
  readonly stoppedAt: string
  readonly stop: Stop
}

export type Labels = Readonly<Record<string, string>>

/** The restart that a session waits for. */
export interface Restart {
  /** When the next run begins. */
  readonly at: string
  /** Which restart it is, of those that count against the limit. */
  readonly attempt: number
  /** How many there can be; absent if there is no limit. */
  readonly of?: number
}

/** How a run ended that was not the last one. */
export interface LastRun {
  readonly run: number
  readonly reason: StopReason
  /** As in {@link Stop}. */
  readonly exitCode?: number
  readonly signal?: string
  /** From its start until it was ready; absent if it never was. */
  readonly readyMs?: number
  /** From its start until nothing of it was left. */
  readonly ranMs: number
}

export type ReadyInfo = Readonly<Record<string, unknown>>

export const stopReasons = [
  'exited',
  'completed',
  'terminated',
  'readyTimeout',
  'readyMissed',
  'spawnFailed',
  'startFailed',
  'runtimeUnset',
  'appFailed',
  'unhealthy',
  'watchdog',
  'memoryLimit',
  'processLimit',
  'lifetime',
  'leaseExpired',
  'gatewayStopped',
  'supervisorLost'
] as const

export type StopReason = (typeof stopReasons)[number]

export const stopInitiators = ['app', 'client', 'gateway'] as const

export type StopInitiator = (typeof stopInitiators)[number]

/** Why a session is stopped or has ended, and who caused it. */
export interface StopCause {
  readonly reason: StopReason
  readonly initiator: StopInitiator
}

/** Why a session is being stopped, from the first moment on. */
export interface OngoingStop extends StopCause {
  /** When it began. */
  readonly since: string
}

/** A signal that was sent to processes of a session. */
export interface SentSignal {
  readonly signal: string
  /** When the first process got it. */
  readonly at: string
  /** How many processes got it. */
  readonly count: number
  /** The first of them, at most 32. */
  readonly pids: readonly number[]
}

/** Why and how a session ended. The cause differs from that of its {@link OngoingStop} if the app ended first. */
export interface Stop extends StopCause {
  /** As in {@link OngoingStop}; absent if the session ended by itself at once. */
  readonly since?: string
  /** Of the process that was spawned; absent if a signal ended it or it never ran. */
  readonly exitCode?: number
  /** The name of the signal that ended the spawned process, like `SIGKILL`. */
  readonly signal?: string
  /** One sentence for people, if the reason alone does not say enough. */
  readonly message?: string
  /** In the order sent. */
  readonly signalsSent: readonly string[]
  /** The same with what is known of each; absent if no process ran, and from supervisors that do not say it. */
  readonly signals?: readonly SentSignal[]
  /** Absent if no process ran, if they were lost, and from supervisors that do not say it. */
  readonly usage?: TotalUsage
  /** Processes left: 0, since a session is `stopped` only when its whole tree is gone. */
  readonly survivors: 0
}

export const sessionStates = [
  'queued',
  'starting',
  'running',
  'restarting',
  'stopping',
  'stopped'
] as const satisfies readonly SessionState[]

export function isStopped(session: Session): session is StoppedSession {
  return session.state === 'stopped'
}
