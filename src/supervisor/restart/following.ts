export interface Following {
  readonly signal: AbortSignal
  /** Aborts it alone. */
  readonly abort: (reason?: unknown) => void
  readonly release: () => void
}

/** A signal that is aborted with `signal`, and what listens to it goes with it: a session can have any number of runs. */
export function following(signal: AbortSignal): Following {
  const own = new AbortController()
  const follow = () => own.abort(signal.reason)
  if (signal.aborted) follow()
  signal.addEventListener('abort', follow)
  return {
    signal: own.signal,
    abort: reason => own.abort(reason),
    release: () => signal.removeEventListener('abort', follow)
  }
}
