export interface Backoff {
  /** Longest pause before the first new try, in milliseconds; doubled with each further one. */
  readonly firstDelayMs: number
  /** Longest pause of all, in milliseconds. */
  readonly maxDelayMs: number
}

/** How long to wait before try `attempt` (from 0): at random, so that clients of a gateway that restarts do not come all at once. */
export function delayMs({ firstDelayMs, maxDelayMs }: Backoff, attempt: number): number {
  const longest = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt, 30))
  return longest / 2 + (Math.random() * longest) / 2
}

/** Resolves after `ms`, or when `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}
