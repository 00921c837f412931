import { setTimeout as delay } from 'node:timers/promises'
import type { ReadinessCheck } from './check.ts'

const firstPauseMs = 10
const longestPauseMs = 250
const attemptTimeoutMs = 2_000

/** Repeats an attempt, with growing pauses, until it succeeds. */
export function probe(attempt: (signal: AbortSignal) => Promise<boolean>): ReadinessCheck {
  return {
    readsStdout: false,
    async ready({ over }) {
      let pauseMs = firstPauseMs
      while (!(await attempt(AbortSignal.any([over, AbortSignal.timeout(attemptTimeoutMs)])))) {
        await delay(pauseMs, undefined, { signal: over })
        pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)
      }
      return undefined
    }
  }
}
