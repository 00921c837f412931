import { AboutGateway } from './about-gateway.ts'
import type { Answer } from './answer.ts'
import { renew, type SessionPatch, update } from './change.ts'
import type { Event, EventPage } from './event.ts'
import { type EventsOptions, followEvents } from './events.ts'
import type { Following } from './following.ts'
import { type LaunchOptions, type LaunchRequest, launch } from './launch.ts'
import { type LogLinePage, type LogLinesOptions, readLogPage } from './log-page.ts'
import { type FollowLogsOptions, followLogs, type LogLine, type LogsOptions, readLogs } from './logs.ts'
import { type CallOptions, type ClientOptions, checked, sessionPath } from './options.ts'
import { allSessions, type HistoryOptions, history, type ListOptions, list } from './pages.ts'
import type { Session, SessionPage, StoppedSession } from './session.ts'
import { type RunningSession, type RunOptions, run, SessionHandle } from './session-handle.ts'
import { type StopOptions, stop } from './stop.ts'
import { Transport } from './transport.ts'
import { type WaitOptions, type WaitUntilOptions, waitOnce, waitUntilReady, waitUntilStopped } from './waits.ts'

export type { App, Stats, StatsOptions } from './about-gateway.ts'
export type { Answer, WithResponse } from './answer.ts'
export type { Backoff } from './backoff.ts'
export type { SessionPatch } from './change.ts'
export {
  ConnectionError,
  GapError,
  GatewayError,
  GatewayProblem,
  LaunchFailed,
  type Problem,
  TimeoutError,
  UnexpectedAnswer
} from './errors.ts'
export type { Event, EventPage } from './event.ts'
export type { EventsOptions, Gap } from './events.ts'
export type { EventFilter, ListFilter } from './filters.ts'
export type { Following } from './following.ts'
export type { LaunchOptions, LaunchRequest } from './launch.ts'
export type { ConnectionStatus } from './link.ts'
export type { LogLinePage, LogLinesOptions } from './log-page.ts'
export type { FollowLogsOptions, LogLine, LogsOptions } from './logs.ts'
export * from './names.ts'
export type { CallOptions, ClientOptions } from './options.ts'
export type { HistoryOptions, ListOptions } from './pages.ts'
export { isStopped, type Session, type SessionPage, type Stop, type StoppedSession } from './session.ts'
export { RunningSession, type RunOptions, SessionHandle } from './session-handle.ts'
export type { StopOptions } from './stop.ts'
export type { WaitOptions, WaitUntilOptions } from './waits.ts'

/**
 * Calls a gateway. Every method rejects with a `GatewayError`: a `GatewayProblem` or `LaunchFailed` if the gateway
 * answered with an error, a `ConnectionError` or `TimeoutError` if it did not answer, an `UnexpectedAnswer` if something
 * else did. A `TypeError` or `RangeError` says that an option is wrong. All times are in milliseconds.
 */
export class GatewayClient extends AboutGateway {
  readonly #transport: Transport

  /** @throws {TypeError | RangeError} for options that can't be */
  constructor(options: ClientOptions = {}) {
    const transport = new Transport(options)
    super(transport)
    this.#transport = transport
  }

  /**
   * Launches an app. With `waitMs` it resolves when the session is ready, or after that time with the session as it is,
   * and rejects with {@link LaunchFailed} if it ended before. A launch is never doubled, whatever is tried again.
   */
  launch(request: LaunchRequest, options: LaunchOptions = {}): Answer<Session> {
    return launch(this.#transport, request, options)
  }

  /**
   * Launches an app and waits until it is ready: `await using session = await gateway.run({ appId })` stops it at the end
   * of the block. If it is not ready in time, or `signal` is aborted, the session is stopped before this rejects.
   */
  run(request: LaunchRequest, options: RunOptions = {}): Promise<RunningSession> {
    return run(this, request, options)
  }

  /** The calls about one session. Nothing is sent. */
  session(id: number): SessionHandle {
    return new SessionHandle(this, id)
  }

  /** One page, in the order of the ids. `events` from its `eventCursor` has every later change. */
  list(options: ListOptions = {}): Answer<SessionPage> {
    return list(this.#transport, options)
  }

  /** All sessions, page after page. */
  sessions(options: ListOptions = {}): AsyncGenerator<Session, void, void> {
    return allSessions(this.#transport, options)
  }

  get(id: number, options: CallOptions = {}): Answer<Session> {
    return this.#transport.json(
      () => sessionPath(id),
      () => checked(options)
    )
  }

  /** One wait: resolves when the goal is reached or can't be any more, or after `waitMs`, with the session as it is. */
  wait(id: number, options: WaitOptions = {}): Answer<Session> {
    return waitOnce(this.#transport, id, options)
  }

  /** Waits until the session is ready. @throws {LaunchFailed | TimeoutError} if it ended before, or after `withinMs` */
  waitUntilReady(id: number, options: WaitUntilOptions = {}): Promise<Session> {
    return waitUntilReady(this.#transport, id, options)
  }

  /** Waits until nothing of the session is left. @throws {TimeoutError} after `withinMs` */
  waitUntilStopped(id: number, options: WaitUntilOptions = {}): Promise<StoppedSession> {
    return waitUntilStopped(this.#transport, id, options)
  }

  /** Changes labels and lifetime; what is not given stays. */
  update(id: number, patch: SessionPatch, options: CallOptions = {}): Answer<Session> {
    return update(this.#transport, id, { body: patch, options })
  }

  /** Begins the lease of a session anew; one without a lease stays as it is. */
  renew(id: number, options: CallOptions = {}): Answer<Session> {
    return renew(this.#transport, id, options)
  }

  /** Asks for the stop. With `waitMs` it resolves when the session is stopped, or after that time with it as it is. */
  stop(id: number, options: StopOptions = {}): Answer<Session> {
    return stop(this.#transport, id, options)
  }

  /** The lines written so far. */
  logs(id: number, options: LogsOptions = {}): Answer<LogLine[]> {
    return readLogs(this.#transport, id, options)
  }

  /** One page of the lines written so far: the newest, or those before or after a `seq`. */
  logLines(id: number, options: LogLinesOptions = {}): Answer<LogLinePage> {
    return readLogPage(this.#transport, id, options)
  }

  /**
   * The lines written so far, and all later ones until the session is stopped. It outlives connections and gateways: no
   * line is lost or comes twice. An aborted `signal` ends it without an error.
   */
  followLogs(id: number, options: FollowLogsOptions = {}): Following<LogLine> {
    return followLogs(this.#transport, id, options)
  }

  /** The events of all that the filters let through, until the loop is left; see docs/client.md. */
  events(options: EventsOptions = {}): Following<Event> {
    return followEvents(this.#transport, options)
  }

  /** One page of past events, oldest first. */
  history(options: HistoryOptions = {}): Answer<EventPage> {
    return history(this.#transport, options)
  }
}
