import type { Session, Usage } from '../session/session.ts'
import type { Store } from './store/store.ts'
import type { SupervisorLink } from './supervisor-link/link.ts'

interface Parts {
  readonly store: Pick<Store, 'keyOf'>
  readonly supervisor: Pick<SupervisorLink, 'measure'>
}

/** Adds to sessions what their processes use now. */
export class SessionUsage {
  readonly #parts: Parts
  /** The same object as long as nothing changes, so that its text and its tag are made once. */
  readonly #known = new WeakMap<Session, { readonly usage: Usage; readonly session: Session }>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The session as it is if it has no processes, or if what they use is not known now. */
  async addTo(session: Session): Promise<Session> {
    if (session.state === 'queued' || session.state === 'stopped' || session.pid === undefined) return session
    const key = this.#parts.store.keyOf(session.id)
    const usage = key === undefined ? undefined : await this.#parts.supervisor.measure(key)
    if (!usage) return session
    const known = this.#known.get(session)
    if (known?.usage === usage) return known.session
    const measured = { ...session, usage }
    this.#known.set(session, { usage, session: measured })
    return measured
  }
}
