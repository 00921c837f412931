import type { ErrorCode } from '../gateway/errors.ts'

/** The HTTP side of every error code; a code without an entry does not compile. */
export const problems: Record<
  ErrorCode,
  { readonly status: number; readonly title: string; readonly meaning: string }
> = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    meaning: 'The request is not as the API describes it; `errors` says where. Nothing was done.'
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    meaning:
      'This gateway needs a token, `Authorization: Bearer <token>`, and the request has none, or one that is not or no longer valid.'
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    meaning:
      'The token does not have the scope that the operation needs, the operation needs a token that sees all apps, or the request comes from a web page whose origin is not in server.allowedOrigins.'
  },
  'session-not-found': {
    status: 404,
    title: 'Session not found',
    meaning: 'No session has this id: it never existed, or it stopped so long ago that it is no longer kept.'
  },
  'app-not-found': { status: 404, title: 'App not found', meaning: 'The catalogue has no app with this id.' },
  'not-found': { status: 404, title: 'Not found', meaning: 'Nothing is served at this path.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path does not have this method; the header `Allow` lists the methods it has.'
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    meaning: 'The answer is not available in any media type that `Accept` names. Nothing was done.'
  },
  'idempotency-in-flight': {
    status: 409,
    title: 'Still in flight',
    meaning:
      'An earlier launch with the same Idempotency-Key has not been answered yet. Try again after `Retry-After` seconds.'
  },
  'session-ended': {
    status: 409,
    title: 'Session ended',
    meaning: 'The session is stopped or being stopped: nothing of it can be changed any more. Nothing was done.'
  },
  'cursor-expired': {
    status: 410,
    title: 'Cursor expired',
    meaning:
      'The events after this cursor are no longer kept, or the cursor is of another event log. Start again from the `eventCursor` of GET /sessions.'
  },
  'payload-too-large': { status: 413, title: 'Payload too large', meaning: 'The body is larger than 64 KiB.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    meaning:
      'The body must be JSON, with `Content-Type: application/json`; a change of a session can also be `application/merge-patch+json`.'
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'Another launch has this key',
    meaning:
      'The same Idempotency-Key was used with another body in the last 24 hours in which a gateway ran. Nothing was done.'
  },
  'host-not-allowed': {
    status: 421,
    title: 'Host not allowed',
    meaning:
      'The `Host` header names a host that this gateway does not answer for. It answers for its own addresses and for server.allowedHosts.'
  },
  'too-many-sessions': {
    status: 429,
    title: 'Too many sessions',
    meaning: 'The limit of sessions of the gateway, or of the app, is reached. Try again after `Retry-After` seconds.'
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    meaning:
      'This client has sent too many requests or too many tokens that are not valid, or has too many streams open. Try again after `Retry-After` seconds.'
  },
  internal: {
    status: 500,
    title: 'Internal error',
    meaning: 'The gateway failed; its log has the error. The request may have had an effect.'
  },
  'launch-failed': {
    status: 502,
    title: 'Launch failed',
    meaning:
      'The session was launched and ended before it was ready. `session.stop` says why; `logTail` has its last lines of output.'
  },
  draining: { status: 503, title: 'Draining', meaning: 'The gateway is shutting down and refuses launches.' },
  'supervisor-unavailable': {
    status: 503,
    title: 'Supervisor unavailable',
    meaning:
      'The supervisor, the process that runs the sessions, is being restarted or does not answer. Try again after `Retry-After` seconds.'
  },
  'storage-unavailable': {
    status: 503,
    title: 'Storage unavailable',
    meaning:
      'The event log can’t be read or written, for example because the disk is full. Running sessions are not affected.'
  }
}
