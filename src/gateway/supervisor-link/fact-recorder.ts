import type { Fact } from '../../protocol/fact.ts'
import { StorageUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'

const retryMs = 250

/** How long facts are recorded in one turn of the event loop, in milliseconds: thousands can arrive at once. */
const turnMs = 10

export interface FactRecorderOptions {
  readonly registry: Pick<Registry, 'record'>
  readonly log: Log
  /** All facts up to `seq` are recorded. */
  readonly acknowledge: (seq: number) => void
}

/** Records the facts of one connection in order, and acknowledges them. If a fact can't be recorded now, it tries again. */
export class FactRecorder {
  readonly #options: FactRecorderOptions
  readonly #facts: Fact[] = []
  #isFinishing = false
  /** Settles when nothing is being recorded. */
  #recording: Promise<void> = Promise.resolve()
  /** Set while facts are to be recorded, or are being. */
  #next: NodeJS.Immediate | NodeJS.Timeout | undefined

  constructor(options: FactRecorderOptions) {
    this.#options = options
  }

  take(fact: Fact): void {
    this.#facts.push(fact)
    this.#schedule()
  }

  /** The connection has ended: records now what can be recorded. A supervisor that still runs will send the rest again. */
  async finish(): Promise<void> {
    this.#isFinishing = true
    this.#cancel()
    await this.#recording
    await this.#record(() => true)
    this.#cancel()
    this.#facts.length = 0
  }

  #schedule(): void {
    if (!this.#isFinishing) this.#next ??= setImmediate(() => this.#recordSome())
  }

  #recordSome(): void {
    const end = performance.now() + turnMs
    this.#recording = this.#record(() => performance.now() < end).then(isStored => {
      this.#next = undefined
      if (this.#isFinishing || this.#facts.length === 0) return
      if (isStored) this.#schedule()
      else this.#next = setTimeout(() => this.#recordSome(), retryMs)
    })
  }

  /** False if the first fact that is left must be recorded later. */
  async #record(goesOn: () => boolean): Promise<boolean> {
    let recorded = 0
    let isStored = true
    while (isStored && recorded < this.#facts.length && goesOn()) {
      isStored = await this.#recordOne(this.#facts[recorded] as Fact)
      if (isStored) recorded++
    }
    const last = this.#facts[recorded - 1]
    this.#facts.splice(0, recorded)
    if (last) this.#options.acknowledge(last.seq)
    return isStored
  }

  /** False if the fact must be recorded later. */
  async #recordOne(fact: Fact): Promise<boolean> {
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

  #cancel(): void {
    clearTimeout(this.#next as NodeJS.Timeout)
    clearImmediate(this.#next as NodeJS.Immediate)
    this.#next = undefined
  }
}
