import type { Fact } from '../../protocol/fact.ts'
import { StorageUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'

const retryMs = 250

/** The maximum number of facts that are being recorded at the same time: thousands can arrive at once. */
const maxRecording = 500

interface Entry {
  readonly fact: Fact
  isRecorded: boolean
}

export interface FactRecorderOptions {
  readonly registry: Pick<Registry, 'record'>
  readonly log: Log
  /** All facts up to `seq` are recorded. */
  readonly acknowledge: (seq: number) => void
}

/**
 * Records the facts of one connection in order, as they come: those of one read become one transaction. Acknowledges them
 * in order. If one can't be recorded, neither can those after it, and all of them are tried again later.
 */
export class FactRecorder {
  readonly #options: FactRecorderOptions
  /** In order; those that are recorded are removed from the front. */
  readonly #entries: Entry[] = []
  /** The index of the first entry that is not tried yet. */
  #next = 0
  /** How many entries are being recorded. */
  #recording = 0
  /** `failed`: no further fact is tried until those that are being recorded are settled. */
  #state: 'open' | 'failed' | 'finishing' = 'open'
  #retry: NodeJS.Timeout | undefined
  #idle: (() => void) | undefined

  constructor(options: FactRecorderOptions) {
    this.#options = options
  }

  /** The facts that are not recorded yet. */
  get waiting(): readonly Fact[] {
    return this.#entries.map(({ fact }) => fact)
  }

  take(fact: Fact): void {
    if (this.#state === 'finishing') return
    this.#entries.push({ fact, isRecorded: false })
    if (this.#state === 'open') this.#recordNext()
  }

  /** The connection has ended: records now what can be recorded. A supervisor that still runs will send the rest again. */
  async finish(): Promise<void> {
    clearTimeout(this.#retry)
    this.#state = 'finishing'
    await this.#settled()
    this.#recordAgain()
    await this.#settled()
    this.#entries.length = 0
  }

  #recordAgain(): void {
    this.#next = 0
    this.#recordNext()
  }

  #recordNext(): void {
    for (; this.#recording < maxRecording && this.#next < this.#entries.length; this.#next++) {
      const entry = this.#entries[this.#next] as Entry
      this.#recording++
      void this.#record(entry.fact).then(isRecorded => this.#tried(entry, isRecorded))
    }
  }

  #tried(entry: Entry, isRecorded: boolean): void {
    entry.isRecorded = isRecorded
    this.#recording--
    this.#acknowledge()
    if (!isRecorded) this.#fail()
    if (this.#state !== 'failed') this.#recordNext()
    if (this.#recording > 0) return
    this.#idle?.()
    if (this.#state === 'failed') this.#retry = setTimeout(() => this.#reopen(), retryMs)
  }

  /** Tries no further fact: it would be recorded before this one. */
  #fail(): void {
    this.#next = this.#entries.length
    if (this.#state === 'open') this.#state = 'failed'
  }

  #reopen(): void {
    this.#state = 'open'
    this.#recordAgain()
  }

  #acknowledge(): void {
    const pending = this.#entries.findIndex(({ isRecorded }) => !isRecorded)
    const recorded = this.#entries.splice(0, pending === -1 ? this.#entries.length : pending)
    this.#next -= recorded.length
    const last = recorded.at(-1)
    if (last) this.#options.acknowledge(last.fact.seq)
  }

  /** Resolves when nothing is being recorded. */
  async #settled(): Promise<void> {
    if (this.#recording === 0) return
    await new Promise<void>(resolve => {
      this.#idle = resolve
    })
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
