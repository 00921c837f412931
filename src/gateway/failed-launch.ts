import type { Session, StopReason } from '../session/session.ts'

const beforeReady = new Set<StopReason>(['readyTimeout', 'readyMissed', 'spawnFailed', 'startFailed', 'runtimeUnset'])

/** Reasons that can also end what was ready. */
const atAnyTime = new Set<StopReason>(['appFailed', 'unhealthy', 'watchdog', 'memoryLimit', 'processLimit'])

/** Did this session end before it was ready, by no client's wish? */
export function isFailedLaunch(session: Session): boolean {
  if (session.state !== 'stopped') return false
  const { readyAt, stop } = session
  return beforeReady.has(stop.reason) || (readyAt === undefined && atAnyTime.has(stop.reason))
}
