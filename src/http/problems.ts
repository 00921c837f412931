import type { ErrorCode } from '../gateway/errors.ts'

/** The HTTP side of every error code; a code without an entry does not compile. */
export const problems: Record<
  ErrorCode,
  { readonly status: number; readonly title: string; readonly meaning: string }
> = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    meaning: 'The request does not have the form that the API describes; `errors` says where. Nothing was done.'
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    meaning:
      'The gateway asks for a token: `Authorization: Bearer <token>`. None was sent, or it is not valid (any more).'
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    meaning:
      'The token is not for this: it lacks the scope, or does not see all apps. Or the request comes from a web page of an origin that is not among server.allowedOrigins.'
  },
  'session-not-found': {
    status: 404,
    title: 'Session not found',
    meaning: 'No session has this id: there never was one, or it stopped longer ago than sessions are kept.'
  },
  'app-not-found': { status: 404, title: 'App not found', meaning: 'The catalogue has no app with this id.' },
  'not-found': { status: 404, title: 'Not found', meaning: 'Nothing is served at this path.' },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The path exists, but not for this method; the header `Allow` lists those it has.'
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    meaning: 'The answer comes in none of the media types that `Accept` names. Nothing was done.'
  },
  'idempotency-in-flight': {
    status: 409,
    title: 'Still in flight',
    meaning:
      'An earlier launch with the same Idempotency-Key has not been answered yet. Try again after `Retry-After` seconds.'
  },
  'cursor-expired': {
    status: 410,
    title: 'Cursor expired',
    meaning:
      'The events after this cursor are gone, or it is of another event log. Start again from `eventCursor` of GET /sessions.'
  },
  'payload-too-large': { status: 413, title: 'Payload too large', meaning: 'A body may have at most 64 KiB.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    meaning: 'A body must be JSON and say so: `Content-Type: application/json`.'
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'Another launch has this key',
    meaning: 'The same Idempotency-Key came with another body in the last 24 hours. Nothing was done.'
  },
  'host-not-allowed': {
    status: 421,
    title: 'Host not allowed',
    meaning:
      'The `Host` header names none of the hosts this gateway answers for: its own addresses and server.allowedHosts.'
  },
  'too-many-sessions': {
    status: 429,
    title: 'Too many sessions',
    meaning: 'A limit of the gateway or of the app is reached. Try again after `Retry-After` seconds.'
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    meaning: 'This client asks too often, or tries too many tokens. Try again after `Retry-After` seconds.'
  },
  internal: { status: 500, title: 'Internal error', meaning: 'A fault of the gateway itself; its log says more.' },
  'launch-failed': {
    status: 502,
    title: 'Launch failed',
    meaning: 'The app ended before it was ready. `session.stop` says how, `logTail` has its last lines.'
  },
  draining: { status: 503, title: 'Draining', meaning: 'The gateway is shutting down and launches nothing any more.' },
  'supervisor-unavailable': {
    status: 503,
    title: 'Supervisor unavailable',
    meaning: 'The process that runs the sessions is being restarted. Try again after `Retry-After` seconds.'
  },
  'storage-unavailable': {
    status: 503,
    title: 'Storage unavailable',
    meaning: 'The event log can’t be written, for example because the disk is full. Running sessions are not touched.'
  }
}
