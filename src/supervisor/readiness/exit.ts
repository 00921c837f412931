import type { ReadinessCheck } from './check.ts'

/** Never ready: what counts is how the job exits. */
export function exit(): ReadinessCheck {
  return { awaited: 'its end', streams: [], isUntilExit: true, ready: () => new Promise(() => {}) }
}
