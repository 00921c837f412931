/** A signal that is aborted with another one, or after a time. */
export interface TimeLimit {
  readonly signal: AbortSignal
  /** Has the time passed? */
  readonly isPast: boolean
  /** Ends the time, but not the signal: from now on it is aborted only with the other one. */
  lift(): void
  /** Leaves nothing behind. */
  release(): void
}

export function timeLimit(limitMs: number, outer: AbortSignal | undefined): TimeLimit {
  const over = new AbortController()
  let isPast = false
  const timer = setTimeout(() => {
    isPast = true
    over.abort()
  }, limitMs)
  const abort = () => over.abort(outer?.reason)
  if (outer?.aborted) abort()
  outer?.addEventListener('abort', abort)
  const lift = () => clearTimeout(timer)
  return {
    signal: over.signal,
    get isPast() {
      return isPast
    },
    lift,
    release() {
      lift()
      outer?.removeEventListener('abort', abort)
    }
  }
}
