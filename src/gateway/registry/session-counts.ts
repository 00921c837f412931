import { isStopped, type Session, type SessionState } from '../../session/session.ts'

/** How many sessions are not stopped: in all, by state and by app. */
export class SessionCounts {
  readonly #byState = new Map<SessionState, number>()
  readonly #byApp = new Map<string, number>()
  #live = 0

  get live(): number {
    return this.#live
  }

  inState(state: SessionState): number {
    return this.#byState.get(state) ?? 0
  }

  ofApp(appId: string): number {
    return this.#byApp.get(appId) ?? 0
  }

  /** Counts a change of a session: a new one has no `before`, a removed one no `after`. */
  move(before: Session | undefined, after: Session | undefined): void {
    if (before) this.#count(before, -1)
    if (after && !isStopped(after)) this.#count(after, 1)
  }

  #count({ state, appId }: Session, by: 1 | -1): void {
    this.#live += by
    add(this.#byState, state, by)
    add(this.#byApp, appId, by)
  }
}

/** Counters at 0 are removed, since clients can make up any number of app ids. */
function add<K>(counters: Map<K, number>, name: K, by: number): void {
  const count = (counters.get(name) ?? 0) + by
  if (count === 0) counters.delete(name)
  else counters.set(name, count)
}
