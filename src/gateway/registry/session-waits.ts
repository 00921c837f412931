import { isStopped, type Session } from '../../session/session.ts'

export type IsReached = (session: Session) => boolean

export interface WaitOptions {
  readonly timeoutMs?: number
  /** Aborted when nobody waits any more. */
  readonly signal?: AbortSignal
}

/** The pending waits for states of sessions. */
export class SessionWaits {
  readonly #bySession = new Map<number, Set<(session: Session) => void>>()
  readonly #all = new Set<() => void>()

  /** Resolves with the session as it is when it is reached or stopped; with undefined when the wait ends before that. */
  async until(
    session: Session,
    isReached: IsReached,
    { timeoutMs, signal }: WaitOptions = {}
  ): Promise<Session | undefined> {
    if (isReached(session) || isStopped(session) || signal?.aborted) return session
    const { promise, resolve } = Promise.withResolvers<Session | undefined>()
    const end = () => resolve(undefined)
    const check = (current: Session) => {
      if (isReached(current) || isStopped(current)) resolve(current)
    }
    const { id } = session
    const checks = this.#bySession.get(id) ?? new Set()
    this.#bySession.set(id, checks.add(check))
    this.#all.add(end)
    const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end)
    const reached = await promise
    signal?.removeEventListener('abort', end)
    clearTimeout(timer)
    this.#all.delete(end)
    checks.delete(check)
    if (checks.size === 0) this.#bySession.delete(id)
    return reached
  }

  changed(session: Session): void {
    for (const check of this.#bySession.get(session.id) ?? []) check(session)
  }

  /** Ends every wait. */
  close(): void {
    for (const end of this.#all) end()
  }
}
