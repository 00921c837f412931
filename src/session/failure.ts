import type { Stop, StopReason } from './session.ts'

/** Whether a session that ended for this reason has failed; `unlessSuccess`: by a signal, or with an exit code other than 0. */
const failures = {
  exited: 'unlessSuccess',
  completed: 'never',
  terminated: 'never',
  readyTimeout: 'always',
  readyMissed: 'always',
  spawnFailed: 'always',
  startFailed: 'always',
  runtimeUnset: 'always',
  appFailed: 'always',
  unhealthy: 'always',
  watchdog: 'always',
  memoryLimit: 'always',
  processLimit: 'always',
  lifetime: 'never',
  leaseExpired: 'never',
  gatewayStopped: 'never',
  supervisorLost: 'always'
} as const satisfies Record<StopReason, 'always' | 'never' | 'unlessSuccess'>

/** Did a session that ended like this fail? Reasons of later gateways count as failures. */
export function hasFailed({
  reason,
  exitCode
}: {
  readonly reason: string
  readonly exitCode?: Stop['exitCode']
}): boolean {
  switch (isKnown(reason) ? failures[reason] : 'always') {
    case 'always':
      return true
    case 'never':
      return false
    case 'unlessSuccess':
      return exitCode !== 0
  }
}

function isKnown(reason: string): reason is StopReason {
  return Object.hasOwn(failures, reason)
}
