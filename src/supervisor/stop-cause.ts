import type { Stop } from '../session/session.ts'

/** Why a run is to be ended, or has ended. */
export type StopCause = Pick<Stop, 'reason' | 'initiator' | 'message'>
