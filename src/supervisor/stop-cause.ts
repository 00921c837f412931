import type { Stop } from '../session/session.ts'

/** Why a run is to be ended, or has ended. */
export type StopCause = Pick<Stop, 'reason' | 'initiator' | 'message'>

/** The cause with which a signal was aborted. */
export function causeOf(stop: AbortSignal): StopCause {
  const { reason, initiator, message } = stop.reason as StopCause
  return { reason, initiator, ...(message && { message }) }
}
