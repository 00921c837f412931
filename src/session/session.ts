/** One run of one app. What HTTP answers and what a socket sends is this value itself, so its members are the public ones. */
export type Session = QueuedSession | StartingSession | RunningSession | StoppingSession | StoppedSession

export type SessionState = Session['state']

interface Identity {
  /** Unique within a state folder, rising, never reused. */
  readonly id: number
  readonly appId: string
  readonly labels: Labels
  /** RFC 3339, UTC, milliseconds; so are all the times of a session. */
  readonly createdAt: string
}

/** Of a session that was queued. */
interface Turn {
  /** When its turn came and its start began; where it is absent that was at `createdAt`. */
  readonly startedAt?: string
}

/** What the supervisor learned when the operating system accepted the program. */
interface Spawned {
  readonly pid: number
  /** The port handed out where the catalogue entry uses `{port}`. */
  readonly port?: number
}

/** What the app told when it was ready: named groups of the pattern, or the JSON after `READY `. */
interface Ready {
  readonly readyAt: string
  readonly ready?: ReadyInfo
}

/** Admitted, and waiting for its turn to start: nothing of it runs. */
export interface QueuedSession extends Identity {
  readonly state: 'queued'
}

export interface StartingSession extends Identity, Turn, Partial<Spawned> {
  readonly state: 'starting'
}

export interface RunningSession extends Identity, Turn, Spawned, Ready {
  readonly state: 'running'
}

export interface StoppingSession extends Identity, Turn, Partial<Spawned>, Partial<Ready> {
  readonly state: 'stopping'
  readonly stopping: OngoingStop
}

export interface StoppedSession extends Identity, Turn, Partial<Spawned>, Partial<Ready> {
  readonly state: 'stopped'
  readonly stoppedAt: string
  readonly stop: Stop
}

export type Labels = Readonly<Record<string, string>>

export type ReadyInfo = Readonly<Record<string, unknown>>

export const stopReasons = [
  'exited',
  'terminated',
  'readyTimeout',
  'readyMissed',
  'spawnFailed',
  'runtimeUnset',
  'gatewayStopped',
  'supervisorLost'
] as const

export type StopReason = (typeof stopReasons)[number]

export const stopInitiators = ['app', 'client', 'gateway'] as const

export type StopInitiator = (typeof stopInitiators)[number]

/** Why a session is to end, and who wants it to. */
export interface StopCause {
  readonly reason: StopReason
  readonly initiator: StopInitiator
}

/** Why a session is being stopped, from the first moment on. */
export interface OngoingStop extends StopCause {
  /** When it began. */
  readonly since: string
}

/** Why and how a session ended. The cause is another than that of its {@link OngoingStop} where the app ended first. */
export interface Stop extends StopCause {
  /** As in {@link OngoingStop}; absent where the session ended by itself at once. */
  readonly since?: string
  /** Of the process that was spawned; absent where a signal ended it or it never ran. */
  readonly exitCode?: number
  /** The name of the signal that ended the spawned process, like `SIGKILL`. */
  readonly signal?: string
  /** One sentence for people, where the reason alone does not tell enough. */
  readonly message?: string
  /** In the order sent. */
  readonly signalsSent: readonly string[]
  /** Processes left: 0, as `stopped` is said only when the whole tree is gone. */
  readonly survivors: 0
}

export const sessionStates = [
  'queued',
  'starting',
  'running',
  'stopping',
  'stopped'
] as const satisfies readonly SessionState[]

export function isStopped(session: Session): session is StoppedSession {
  return session.state === 'stopped'
}
