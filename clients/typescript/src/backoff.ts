export interface Backoff {
  /** Longest pause before the first retry, in milliseconds; doubled with each further one. */
  readonly firstDelayMs: number
  /** Longest pause of all, in milliseconds. */
  readonly maxDelayMs: number
}

/** How long to wait before retry `attempt` (from 0): random, so that the clients of a restarted gateway do not reconnect all at once. */
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
