import type { Fact } from '../../protocol/fact.ts'
import { StorageUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'

const retryMs = 250

/** How long facts are recorded in one turn of the loop: thousands come at once when many sessions end together. */
const turnMs = 10

export interface FactRecorderOptions {
  readonly registry: Pick<Registry, 'record'>
  readonly log: Log
  /** All facts up to `seq` are recorded. */
  readonly acknowledge: (seq: number) => void
}

/** Records the facts of one connection in their order, and acknowledges them. Where that is not possible now it tries again. */
export class FactRecorder {
  readonly #options: FactRecorderOptions
  readonly #facts: Fact[] = []
  #first = 0
  #next: NodeJS.Immediate | NodeJS.Timeout | undefined

  constructor(options: FactRecorderOptions) {
    this.#options = options
  }

  take(fact: Fact): void {
    this.#facts.push(fact)
    this.#next ??= setImmediate(() => this.#recordSome())
  }

  /** The connection is gone: records now what can be recorded. The rest is told again, if the supervisor lives. */
  finish(): void {
    this.#cancel()
    this.#record(() => true)
    this.#cancel()
    this.#facts.length = 0
  }

  #recordSome(): void {
    this.#next = undefined
    const end = performance.now() + turnMs
    this.#record(() => performance.now() < end)
  }

  #record(goesOn: () => boolean): void {
    let recorded: number | undefined
    while (this.#first < this.#facts.length && goesOn()) {
      const fact = this.#facts[this.#first] as Fact
      if (!this.#recordOne(fact)) {
        this.#next = setTimeout(() => this.#recordSome(), retryMs)
        break
      }
      recorded = fact.seq
      this.#first++
    }
    this.#facts.splice(0, this.#first)
    this.#first = 0
    if (recorded !== undefined) this.#options.acknowledge(recorded)
    if (this.#facts.length > 0) this.#next ??= setImmediate(() => this.#recordSome())
  }

  /** False where the fact must be recorded later. */
  #recordOne(fact: Fact): boolean {
    const { registry, log } = this.#options
    try {
      const outcome = registry.record(fact)
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
