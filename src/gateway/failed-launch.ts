import type { StopReason } from '../session/session.ts'

const reasons = new Set<StopReason>(['readyTimeout', 'readyMissed', 'spawnFailed', 'startFailed', 'runtimeUnset'])

/** Did a session with this reason end before it was ready, by no client's wish? */
export function isFailedLaunch(reason: StopReason): boolean {
  return reasons.has(reason)
}
