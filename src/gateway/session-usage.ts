import type { Session, Usage } from '../session/session.ts'
import type { Registry } from './registry/registry.ts'
import type { SupervisorLink } from './supervisor-link/link.ts'

interface Parts {
  readonly registry: Pick<Registry, 'keyOfLive'>
  readonly supervisor: Pick<SupervisorLink, 'measure'>
}

/** For how long a sample is that of now, in milliseconds. */
const sampleMs = 1_000

interface Sample {
  readonly takenMs: number
  /** A promise until the supervisor has answered. */
  usage: Promise<Usage | undefined> | Usage | undefined
}

/** Adds to sessions what their processes use now: sampled at most once a second for each, and only while somebody asks. */
export class SessionUsage {
  readonly #parts: Parts
  /** By id, in the order taken. */
  readonly #samples = new Map<number, Sample>()
  /** The same object as long as nothing changes, so that its text and its tag are made once. */
  readonly #known = new WeakMap<Session, { readonly usage: Usage; readonly session: Session }>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The session as it is if it has no processes, or if what they use is not known now. No promise for what is known. */
  addTo(session: Session): Promise<Session> | Session {
    if (session.state === 'queued' || session.state === 'stopped' || session.pid === undefined) return session
    const { usage } = this.#sampleOf(session.id)
    return usage instanceof Promise ? usage.then(answered => this.#join(session, answered)) : this.#join(session, usage)
  }

  #join(session: Session, usage: Usage | undefined): Session {
    if (!usage) return session
    const known = this.#known.get(session)
    if (known?.usage === usage) return known.session
    const measured = { ...session, usage }
    this.#known.set(session, { usage, session: measured })
    return measured
  }

  #sampleOf(id: number): Sample {
    const now = performance.now()
    for (const [known, { takenMs }] of this.#samples) {
      if (now - takenMs < sampleMs) break
      this.#samples.delete(known)
    }
    const known = this.#samples.get(id)
    if (known) return known
    const sample: Sample = { takenMs: now, usage: undefined }
    sample.usage = this.#fill(sample, id)
    this.#samples.set(id, sample)
    return sample
  }

  async #fill(sample: Sample, id: number): Promise<Usage | undefined> {
    const { registry, supervisor } = this.#parts
    const key = registry.keyOfLive(id)
    const usage = key === undefined ? undefined : await supervisor.measure(key)
    sample.usage = usage
    return usage
  }
}
