import type { Readiness } from '../readiness/kinds.ts'
import type { StopInitiator, StopReason } from '../session/session.ts'
import type { Input } from '../session/transition.ts'
import type { SpawnerName } from './spawners.ts'

/*
 * What gateway and supervisor say to each other: one JSON value a line, plain data only, so that the same messages can
 * cross a network one day. Facts are kept by the supervisor and said again until they are acknowledged.
 */

/** Both sides must speak the same; raise it with every change here. */
export const protocolVersion = 2

/**
 * All that is needed to run a session. `{port}`, `{appId}` and `{sessionId}` in its strings are still placeholders,
 * but not in `literalEnv`, which has what clients say.
 */
export interface Launch {
  readonly sessionId: number
  readonly appId: string
  /** The unique value of `WEFT_SESSION_KEY`. */
  readonly key: string
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Wins over `env`. */
  readonly literalEnv: Readonly<Record<string, string>>
  readonly readiness: Readiness
  readonly readyTimeoutMs: number
  readonly stopSignal: NodeJS.Signals
  readonly stopGraceMs: number
  readonly maxLogBytes: number
}

/** Who wants a session stopped, and what the session will say about it. */
export interface StopRequest {
  readonly reason: Extract<StopReason, 'terminated' | 'gatewayStopped'>
  readonly initiator: StopInitiator
}

/** A tree whose supervisor is gone: what tells its processes apart from everybody else's. */
export interface LostTree {
  readonly sessionId: number
  readonly key: string
  readonly leader?: ProcessIdentity
}

/** Names a process for good, across reuse of its pid and across boots. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTime: number
  readonly bootId: string
}

/** Why trees are reclaimed, as their sessions will say. */
export interface ReclaimReason {
  readonly reason: Extract<StopReason, 'supervisorLost' | 'spawnFailed'>
  readonly message: string
}

/** From the gateway. */
export type Command =
  | { readonly type: 'hello'; readonly version: number; readonly instance?: string; readonly acknowledged: number }
  | { readonly type: 'launch'; readonly launch: Launch }
  | { readonly type: 'stop'; readonly sessionId: number; readonly request: StopRequest; readonly force: boolean }
  | ({ readonly type: 'reclaim'; readonly trees: readonly LostTree[] } & ReclaimReason)
  | { readonly type: 'acknowledge'; readonly seq: number }
  | { readonly type: 'shutdown' }

/** From the supervisor. */
export type Report = Welcome | Fact | StderrLine | LogUsage | Refused

/** The answer to a `hello` of another version. This much all versions have in common. */
export interface Refused {
  readonly type: 'refused'
  readonly message: string
  readonly pid: number
}

/** The answer to `hello`; the facts not yet acknowledged follow. */
export interface Welcome {
  readonly type: 'welcome'
  readonly version: number
  /** Names this run of the supervisor. */
  readonly instance: string
  readonly pid: number
  readonly spawner: SpawnerName
  readonly bootId: string
  /** Sessions that it runs, or has facts of. */
  readonly sessions: readonly number[]
}

/** Something that happened to a session. */
export interface Fact {
  readonly type: 'fact'
  /** Rises by one with each fact of a supervisor instance. */
  readonly seq: number
  readonly sessionId: number
  readonly input: Input
  /** With `spawned`. */
  readonly leader?: ProcessIdentity
}

/** What became of the output of all sessions since this supervisor began. */
export interface LogUsage {
  readonly type: 'logUsage'
  readonly bytes: number
  readonly droppedBytes: number
}

/** A line of an app's stderr, for the gateway's own log. Lost when nobody listens: the session's log has it. */
export interface StderrLine {
  readonly type: 'stderr'
  readonly sessionId: number
  readonly appId: string
  readonly line: string
  /** How many lines before this one were left out. */
  readonly omitted?: number
}
