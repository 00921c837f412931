import { setTimeout as delay } from 'node:timers/promises'
import type { ReadyOptions } from '../../readiness/options.ts'
import type { Attempt, ReadinessCheck } from './check.ts'

const firstPauseMs = 10
const usualIntervalMs = 100
const usualTimeoutMs = 2_000

/** What an attempt can look at. */
export type Probed = Pick<Attempt, 'tree' | 'host' | 'spawnBeside'>

/** One look at an app from outside. */
export interface Probe {
  /** What the app must show. */
  readonly awaited: string
  readonly options: ReadyOptions | undefined
  /** The TCP addresses at which it is to answer, as `address:port`. */
  readonly places?: readonly string[]
  /** As in {@link ReadinessCheck}. */
  readonly endpoint?: ReadinessCheck['endpoint'] | undefined
  /** Resolves with what it saw in place of that, as a clause; with undefined if the app showed it. */
  readonly attempt: (signal: AbortSignal, session: Probed) => Promise<string | undefined>
}

/**
 * Repeats an attempt until it succeeds, every `intervalMs`; where that is not set, sooner at first, since many apps are
 * ready within milliseconds.
 */
export function repeated({ awaited, options = {}, places, endpoint, attempt }: Probe): ReadinessCheck {
  const { intervalMs, timeoutMs = usualTimeoutMs } = options
  let seen: string | undefined
  return {
    awaited,
    endpoint,
    streams: [],
    places,
    async ready(start) {
      const { over } = start
      let pauseMs = intervalMs ?? firstPauseMs
      while (true) {
        const limit = AbortSignal.timeout(timeoutMs)
        const missing = await attempt(AbortSignal.any([over, limit]), start)
        if (missing === undefined) return undefined
        // What the end of the start interrupts saw nothing.
        if (!over.aborted) seen = missing
        await delay(pauseMs, undefined, { signal: over })
        pauseMs = Math.min(pauseMs * 1.5, intervalMs ?? usualIntervalMs)
      }
    },
    lastSeen: () => seen && `${seen} at last`
  }
}

/** Why nothing answered, in words. */
export function whyNoAnswer(error: Error, signal: AbortSignal): string {
  if (signal.aborted) return 'gave no answer in time'
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ECONNREFUSED':
      return 'refused the connection'
    case 'ECONNRESET':
      return 'broke the connection'
    case 'ENOENT':
      return 'was not there'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has a host that no name service knows'
    default:
      return `failed (${error.message})`
  }
}
