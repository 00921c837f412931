import type { components } from './contract.ts'
import type { ErrorCode } from './names.ts'
import type { Session } from './session.ts'

/** An error as the gateway describes it (RFC 9457). */
export interface Problem extends Omit<components['schemas']['Problem'], 'code' | 'session'> {
  readonly code: ErrorCode
  readonly session?: Session
}

/** Any error of a call: of the gateway, of the way to it, or of the client's own limits. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError'
}

/** The gateway could not be reached, or the connection broke. `cause` is the error of `fetch`. */
export class ConnectionError extends GatewayError {
  override readonly name = 'ConnectionError'
}

/** There was no whole answer within `timeoutMs`, or no result within `withinMs`. */
export class TimeoutError extends GatewayError {
  override readonly name = 'TimeoutError'
  /** The limit that has passed, in milliseconds. */
  readonly afterMs: number
  constructor(what: string, afterMs: number) {
    super(`${what} within ${afterMs} ms`)
    this.afterMs = afterMs
  }
}

export interface UnexpectedAnswerDetails {
  /** The HTTP status. */
  readonly status: number
  readonly contentType: string
  /** The begin of the body, at most 200 bytes, as text. */
  readonly firstBytes: string
}

/** An answer that is not the gateway's, as that of a proxy or of another server. */
export class UnexpectedAnswer extends GatewayError implements UnexpectedAnswerDetails {
  override readonly name = 'UnexpectedAnswer'
  readonly status: number
  readonly contentType: string
  readonly firstBytes: string
  constructor({ status, contentType, firstBytes }: UnexpectedAnswerDetails) {
    super(`not an answer of a gateway: HTTP ${status}, ${contentType || 'no content type'}: ${firstBytes}`)
    this.status = status
    this.contentType = contentType
    this.firstBytes = firstBytes
  }
}

/** The gateway answered with an error (RFC 9457). */
export class GatewayProblem extends GatewayError {
  override readonly name = 'GatewayProblem'
  /** As the gateway sent it. */
  readonly problem: Problem
  /** The `X-Request-Id` of the answer, which the gateway's log has, too. */
  readonly requestId: string | undefined

  constructor(problem: Problem, requestId: string | undefined) {
    super(`${problem.title}: ${problem.detail}`)
    this.problem = problem
    this.requestId = requestId
  }

  get code(): ErrorCode {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }

  /** How long to wait before a retry, in milliseconds, if the gateway says so. */
  get retryAfterMs(): number | undefined {
    return this.problem.retryAfterMs
  }
}

export interface FailedLaunch {
  /** The session, which is stopped: `session.stop` says why. */
  readonly session: Session
  /** The last lines that the app wrote. */
  readonly logTail: readonly string[]
  readonly requestId?: string | undefined
}

/** A session ended before it was ready. */
export class LaunchFailed extends GatewayError {
  override readonly name = 'LaunchFailed'
  readonly session: Session
  readonly logTail: readonly string[]
  readonly requestId: string | undefined
  constructor({ session, logTail, requestId }: FailedLaunch) {
    const { reason, message } = session.stop ?? {}
    super(`session ${session.id} of ${session.appId} ended before it was ready: ${message ?? reason}`)
    this.session = session
    this.logTail = logTail
    this.requestId = requestId
  }
}

/** The events after a cursor are no longer in the event log. */
export class GapError extends GatewayError {
  override readonly name = 'GapError'
  /** The cursor that can't be resumed from. */
  readonly since: string
  constructor(since: string) {
    super(`The events after ${since} are lost. Give onGap to go on without them.`)
    this.since = since
  }
}

/** The statuses of a gateway, or of a proxy in front of one, that serves again later. */
const passingStatuses = new Set([408, 429, 502, 503, 504])

/** Can the same request succeed later? */
export function isPassing(error: unknown): boolean {
  if (error instanceof GatewayProblem && error.code === 'idempotency-in-flight') return true
  if (error instanceof GatewayProblem || error instanceof UnexpectedAnswer) return passingStatuses.has(error.status)
  return error instanceof ConnectionError || error instanceof TimeoutError
}
