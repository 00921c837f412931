/*
 * The values of today. A later gateway can have more, so each type is open: a `switch` over one needs a `default`.
 */

type Open<Known extends string> = Known | (string & {})

/** In the order in which a session takes them; some can be skipped. */
export const sessionStates = ['queued', 'starting', 'running', 'restarting', 'stopping', 'stopped'] as const
export type SessionState = Open<(typeof sessionStates)[number]>

/** Why a session ended. */
export const stopReasons = [
  ...(['exited', 'completed', 'terminated', 'readyTimeout', 'readyMissed'] as const),
  ...(['spawnFailed', 'startFailed', 'runtimeUnset', 'appFailed', 'unhealthy', 'watchdog'] as const),
  ...(['memoryLimit', 'processLimit', 'lifetime', 'leaseExpired', 'gatewayStopped', 'supervisorLost'] as const)
] as const
export type StopReason = Open<(typeof stopReasons)[number]>

/** In the order in which they come for a session. */
export const eventTypes = ['Launched', 'Starting', 'AppReady', 'Updated', 'Restarting', 'Stopping', 'Stopped'] as const
export type EventType = Open<(typeof eventTypes)[number]>

/** The `code` of a problem. */
export const errorCodes = [
  ...(['invalid-request', 'unauthorized', 'forbidden', 'session-not-found', 'app-not-found', 'not-found'] as const),
  ...(['method-not-allowed', 'not-acceptable', 'idempotency-in-flight', 'session-ended', 'cursor-expired'] as const),
  ...(['payload-too-large', 'unsupported-media-type', 'idempotency-mismatch', 'host-not-allowed'] as const),
  ...(['too-many-sessions', 'rate-limited', 'internal', 'launch-failed', 'draining'] as const),
  ...(['supervisor-unavailable', 'storage-unavailable'] as const)
] as const
export type ErrorCode = Open<(typeof errorCodes)[number]>
