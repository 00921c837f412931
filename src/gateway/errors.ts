import type { Scope } from '../config/scopes.ts'
import type { Session } from '../session/session.ts'

/**
 * Every error that a client can get, with its stable `code`. The HTTP statuses are in src/http/problems.ts.
 * What a child process does (exit 3, not found on PATH) is a state of its session, not an error.
 */
export abstract class GatewayError extends Error {
  abstract readonly code: ErrorCode
  /** Members of the problem besides the standard ones. */
  get members(): ProblemMembers {
    return {}
  }
}

export const errorCodes = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'session-not-found',
  'app-not-found',
  'not-found',
  'method-not-allowed',
  'not-acceptable',
  'idempotency-in-flight',
  'session-ended',
  'cursor-expired',
  'payload-too-large',
  'unsupported-media-type',
  'idempotency-mismatch',
  'host-not-allowed',
  'too-many-sessions',
  'rate-limited',
  'internal',
  'launch-failed',
  'draining',
  'supervisor-unavailable',
  'storage-unavailable'
] as const

export type ErrorCode = (typeof errorCodes)[number]

export interface ProblemMembers {
  readonly errors?: readonly Fault[]
  readonly session?: Session
  readonly logTail?: readonly string[]
  readonly retryAfterMs?: number
}

/** One thing wrong with a request: where (JSON Pointer, from `/body`, `/query`, `/params`) and what. */
export interface Fault {
  readonly pointer: string
  readonly detail: string
}

export class InvalidRequest extends GatewayError {
  readonly code = 'invalid-request'
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[], message = faults.map(fault => `${fault.pointer} ${fault.detail}`).join('; ')) {
    super(message)
    this.faults = faults
  }
  override get members() {
    return this.faults.length > 0 ? { errors: this.faults } : {}
  }
}

export class Unauthorized extends GatewayError {
  readonly code = 'unauthorized'
  /** Whether the request had a token. */
  readonly hasToken: boolean
  constructor({ hasToken }: { readonly hasToken: boolean }) {
    super(hasToken ? 'This token is not or no longer valid.' : 'This gateway needs a token.')
    this.hasToken = hasToken
  }
}

export class Forbidden extends GatewayError {
  readonly code = 'forbidden'
}

export class InsufficientScope extends Forbidden {
  readonly scope: Scope
  constructor(scope: Scope, message = `This token does not have the scope '${scope}'.`) {
    super(message)
    this.scope = scope
  }
}

export class HostNotAllowed extends GatewayError {
  readonly code = 'host-not-allowed'
  constructor(host: string | undefined) {
    super(`This gateway does not answer for the host ${JSON.stringify(host ?? '')}; see server.allowedHosts.`)
  }
}

export class SessionNotFound extends GatewayError {
  readonly code = 'session-not-found'
  constructor(id: number) {
    super(`There is no session ${id}.`)
  }
}

export class AppNotFound extends GatewayError {
  readonly code = 'app-not-found'
  /** @param meant the app that was probably meant */
  constructor(appId: string, meant?: string) {
    super(`There is no app '${appId}' in the catalogue${meant === undefined ? '.' : `; did you mean '${meant}'?`}`)
  }
}

export class NotFound extends GatewayError {
  readonly code = 'not-found'
  constructor(path: string) {
    super(`Nothing is served at ${path}.`)
  }
}

export class MethodNotAllowed extends GatewayError {
  readonly code = 'method-not-allowed'
  readonly allow: readonly string[]
  constructor(method: string, allow: readonly string[]) {
    super(`${method} is not possible here; ${allow.join(', ')} ${allow.length === 1 ? 'is' : 'are'}.`)
    this.allow = allow
  }
}

export class NotAcceptable extends GatewayError {
  readonly code = 'not-acceptable'
  constructor(types: readonly string[]) {
    super(`This is available as ${types.join(', ')} only.`)
  }
}

export class IdempotencyInFlight extends GatewayError {
  readonly code = 'idempotency-in-flight'
  readonly retryAfterMs = 1000
  constructor(key: string) {
    super(`The launch with the key ${key} is being answered.`)
  }
  override get members() {
    return { retryAfterMs: this.retryAfterMs }
  }
}

export class IdempotencyMismatch extends GatewayError {
  readonly code = 'idempotency-mismatch'
  constructor(key: string) {
    super(`The key ${key} was used for another launch; a new launch needs a new key.`)
  }
}

export class SessionEnded extends GatewayError {
  readonly code = 'session-ended'
  constructor({ id, state }: Session) {
    super(`Session ${id} is ${state}.`)
  }
}

export class CursorExpired extends GatewayError {
  readonly code = 'cursor-expired'
  constructor(cursor: string) {
    super(
      `The events after ${cursor} are not in this event log (any more). Read GET /sessions and go on from its eventCursor.`
    )
  }
}

export class PayloadTooLarge extends GatewayError {
  readonly code = 'payload-too-large'
}

export class UnsupportedMediaType extends GatewayError {
  readonly code = 'unsupported-media-type'
}

export class TooManySessions extends GatewayError {
  readonly code = 'too-many-sessions'
  readonly retryAfterMs: number
  constructor(limit: string, retryAfterMs = 1000) {
    super(`The limit is reached: ${limit}.`)
    this.retryAfterMs = retryAfterMs
  }
  override get members() {
    return { retryAfterMs: this.retryAfterMs }
  }
}

export class RateLimited extends GatewayError {
  readonly code = 'rate-limited'
  readonly retryAfterMs: number
  constructor(what: string, retryAfterMs: number) {
    super(`There were too many ${what} in the last minute.`)
    this.retryAfterMs = retryAfterMs
  }
  override get members() {
    return { retryAfterMs: this.retryAfterMs }
  }
}

export class TooManyStreams extends GatewayError {
  readonly code = 'rate-limited'
  readonly retryAfterMs = 1000
  constructor(max: number) {
    super(`${max} streams of events and logs are open, which is limits.maxStreamsPerToken.`)
  }
  override get members() {
    return { retryAfterMs: this.retryAfterMs }
  }
}

export class Internal extends GatewayError {
  readonly code = 'internal'
  constructor(cause: unknown) {
    super('The gateway failed; its log has the error.', { cause })
  }
}

export class LaunchFailed extends GatewayError {
  readonly code = 'launch-failed'
  readonly session: Session
  readonly logTail: readonly string[]
  constructor(session: Session, why: string, logTail: readonly string[]) {
    super(`Session ${session.id} of '${session.appId}' ended before it was ready: ${why}`)
    this.session = session
    this.logTail = logTail
  }
  override get members() {
    return { session: this.session, logTail: this.logTail }
  }
}

export class Draining extends GatewayError {
  readonly code = 'draining'
  constructor() {
    super('The gateway is shutting down and refuses launches.')
  }
}

export class SupervisorUnavailable extends GatewayError {
  readonly code = 'supervisor-unavailable'
  readonly retryAfterMs = 1000
  override get members() {
    return { retryAfterMs: this.retryAfterMs }
  }
}

export class StorageUnavailable extends GatewayError {
  readonly code = 'storage-unavailable'
  readonly retryAfterMs = 1000
  override get members() {
    return { retryAfterMs: this.retryAfterMs }
  }
}
