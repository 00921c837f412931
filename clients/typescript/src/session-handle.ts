import type { Answer } from './answer.ts'
import type { SessionPatch } from './change.ts'
import type { GatewayClient } from './client.ts'
import { GatewayProblem } from './errors.ts'
import type { Event } from './event.ts'
import type { EventsOptions } from './events.ts'
import type { Following } from './following.ts'
import type { KeyOption, LaunchRequest } from './launch.ts'
import type { LogLinePage, LogLinesOptions } from './log-page.ts'
import type { FollowLogsOptions, LogLine, LogsOptions } from './logs.ts'
import { type CallOptions, checked, sessionPath } from './options.ts'
import type { Session, StoppedSession } from './session.ts'
import type { StopOptions } from './stop.ts'
import type { WaitOptions, WaitUntilOptions, WithinOption } from './waits.ts'

export interface RunOptions extends CallOptions, WithinOption, KeyOption {}

/** The calls about one session. To leave the block of an `await using` stops it, and waits until nothing of it is left. */
export class SessionHandle {
  readonly id: number
  readonly #gateway: GatewayClient

  constructor(gateway: GatewayClient, id: number) {
    void sessionPath(id)
    this.#gateway = gateway
    this.id = id
  }

  get(options?: CallOptions): Answer<Session> {
    return this.#gateway.get(this.id, options)
  }

  /** See {@link GatewayClient.wait}. */
  wait(options?: WaitOptions): Answer<Session> {
    return this.#gateway.wait(this.id, options)
  }

  /** See {@link GatewayClient.waitUntilReady}. */
  waitUntilReady(options?: WaitUntilOptions): Promise<Session> {
    return this.#gateway.waitUntilReady(this.id, options)
  }

  /** See {@link GatewayClient.waitUntilStopped}. */
  waitUntilStopped(options?: WaitUntilOptions): Promise<StoppedSession> {
    return this.#gateway.waitUntilStopped(this.id, options)
  }

  /** See {@link GatewayClient.stop}. */
  stop(options?: StopOptions): Answer<Session> {
    return this.#gateway.stop(this.id, options)
  }

  /** See {@link GatewayClient.update}. */
  update(patch: SessionPatch, options?: CallOptions): Answer<Session> {
    return this.#gateway.update(this.id, patch, options)
  }

  /** See {@link GatewayClient.renew}. */
  renew(options?: CallOptions): Answer<Session> {
    return this.#gateway.renew(this.id, options)
  }

  logs(options?: LogsOptions): Answer<LogLine[]> {
    return this.#gateway.logs(this.id, options)
  }

  /** See {@link GatewayClient.logLines}. */
  logLines(options?: LogLinesOptions): Answer<LogLinePage> {
    return this.#gateway.logLines(this.id, options)
  }

  /** See {@link GatewayClient.followLogs}. */
  followLogs(options?: FollowLogsOptions): Following<LogLine> {
    return this.#gateway.followLogs(this.id, options)
  }

  /** The events of this session; see {@link GatewayClient.events}. */
  events(options?: Omit<EventsOptions, 'sessionIds'>): Following<Event> {
    return this.#gateway.events({ ...options, sessionIds: [this.id] })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop()
      await this.waitUntilStopped()
    } catch (error) {
      // The gateway forgets only sessions that are stopped.
      if (!(error instanceof GatewayProblem && error.code === 'session-not-found')) throw error
    }
  }
}

/** A session that {@link GatewayClient.run} has launched. */
export class RunningSession extends SessionHandle {
  /** As it was when it was ready, with its `port` and what it reported as `ready`. */
  readonly session: Session

  constructor(gateway: GatewayClient, session: Session) {
    super(gateway, session.id)
    this.session = session
  }
}

/** Launches and waits until the session is ready. If that fails, the session is stopped. */
export async function run(
  gateway: GatewayClient,
  request: LaunchRequest,
  options: RunOptions
): Promise<RunningSession> {
  const { idempotencyKey, withinMs, signal, ...call } = checked(options, ['idempotencyKey', 'withinMs'])
  signal?.throwIfAborted()
  // Without the signal: a launch whose id is not known could not be stopped.
  const { id } = await gateway.launch(request, { ...call, idempotencyKey })
  try {
    return new RunningSession(gateway, await gateway.waitUntilReady(id, { ...call, withinMs, signal }))
  } catch (error) {
    await new SessionHandle(gateway, id)[Symbol.asyncDispose]().catch(() => {})
    throw error
  }
}
