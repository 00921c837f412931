import type { EventType } from '../../session/transition.ts'

/** The least time between two events `Updated` of a session, in milliseconds. */
const intervalMs = 1_000

interface Recent {
  readonly timer: NodeJS.Timeout
  /** Has something changed since the last event? */
  isWaiting: boolean
}

/** Lets an event `Updated` of each session pass at most once a second; what changes in between is told by the next one. */
export class UpdatePace {
  readonly #announce: (id: number) => void
  /** Sessions with an event `Updated` in the last second. */
  readonly #recent = new Map<number, Recent>()

  /** @param announce publishes an update that was held back */
  constructor(announce: (id: number) => void) {
    this.#announce = announce
  }

  /** The event to publish with a change; none for an update that is held back. */
  pace(id: number, event: EventType | undefined): EventType | undefined {
    const recent = this.#recent.get(id)
    if (event !== 'Updated') {
      // Any event has the whole session.
      if (event && recent) recent.isWaiting = false
      return event
    }
    if (recent) recent.isWaiting = true
    else this.#recent.set(id, { timer: setTimeout(() => this.#over(id), intervalMs).unref(), isWaiting: false })
    return recent ? undefined : event
  }

  /** Publishes what is held back. */
  flush(): void {
    for (const id of this.#recent.keys()) this.#over(id)
  }

  /** Forgets it. */
  close(): void {
    for (const { timer } of this.#recent.values()) clearTimeout(timer)
    this.#recent.clear()
  }

  #over(id: number): void {
    const recent = this.#recent.get(id)
    clearTimeout(recent?.timer)
    this.#recent.delete(id)
    if (recent?.isWaiting) this.#announce(id)
  }
}
