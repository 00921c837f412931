import type { Fact } from '../../protocol/fact.ts'
import { StorageUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'

const retryMs = 250

/** The maximum number of facts recorded in one turn of the event loop: thousands can arrive at once. */
const groupLength = 500

export interface FactRecorderOptions {
  readonly registry: Pick<Registry, 'record'>
  readonly log: Log
  /** All facts up to `seq` are recorded. */
  readonly acknowledge: (seq: number) => void
}

/**
 * Records the facts of one connection in order, and acknowledges them. Those that came in one read are recorded in the
 * same turn of the event loop, so that they become one transaction. If they can't be recorded now, it tries again.
 */
export class FactRecorder {
  readonly #options: FactRecorderOptions
  readonly #facts: Fact[] = []
  #isFinishing = false
  /** Settles when nothing is being recorded. */
  #recording: Promise<unknown> = Promise.resolve()
  /** Are facts to be recorded, or being recorded? */
  #isBusy = false
  #retry: NodeJS.Timeout | undefined

  constructor(options: FactRecorderOptions) {
    this.#options = options
  }

  /** The facts that are not recorded yet. */
  get waiting(): readonly Fact[] {
    return this.#facts
  }

  take(fact: Fact): void {
    this.#facts.push(fact)
    if (this.#isBusy || this.#isFinishing) return
    this.#isBusy = true
    // After the other facts of this read.
    queueMicrotask(() => this.#recordSome())
  }

  /** The connection has ended: records now what can be recorded. A supervisor that still runs will send the rest again. */
  async finish(): Promise<void> {
    this.#isFinishing = true
    clearTimeout(this.#retry)
    await this.#recording
    while (this.#facts.length > 0 && (await this.#recordGroup()));
    this.#facts.length = 0
  }

  #recordSome(): void {
    if (this.#isFinishing) return
    this.#recording = this.#recordGroup().then(isStored => {
      if (!isStored) this.#retry = setTimeout(() => this.#recordSome(), retryMs)
      else if (this.#facts.length > 0) this.#recordSome()
      else this.#isBusy = false
    })
  }

  /** False if facts must be recorded later. */
  async #recordGroup(): Promise<boolean> {
    const group = this.#facts.slice(0, groupLength)
    const outcomes = await Promise.all(group.map(fact => this.#record(fact)))
    const failed = outcomes.indexOf(false)
    const recorded = failed === -1 ? group.length : failed
    this.#facts.splice(0, recorded)
    const last = group[recorded - 1]
    if (last) this.#options.acknowledge(last.seq)
    return failed === -1
  }

  /** False if the fact must be recorded later. */
  async #record(fact: Fact): Promise<boolean> {
    const { registry, log } = this.#options
    try {
      const outcome = await registry.record(fact)
      if (outcome === 'unknownSession')
        log.warn({ fact }, 'fact of a session that this event log does not know dropped')
      return true
    } catch (err) {
      if (err instanceof StorageUnavailable) return false
      log.error({ err, fact }, 'fact of the supervisor refused')
      return true
    }
  }
}
