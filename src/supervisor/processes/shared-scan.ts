import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'

/** After a scan that took t, scans pause for this many t on average, so that other work gets most of the time. */
const restFactor = 2
/** Pauses that can be postponed, in milliseconds: the few scans of an ordinary stop follow each other at once. */
const maxOwedMs = 200
const retryMs = 20

/** One scan of the machine's processes for all simultaneous callers. */
export class SharedScan {
  readonly #look: () => void | Promise<void>
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** When all pauses will have been made. */
  #restedAt = 0

  constructor(look: () => void | Promise<void>) {
    this.#look = look
  }

  /** Resolves when a scan that began after this call is done. */
  next(): Promise<void> {
    this.#next ??= this.#run()
    return this.#next
  }

  async #run(): Promise<void> {
    await this.#current
    await this.#rest()
    // Later calls get the next scan.
    this.#next = undefined
    this.#current = this.#lookUntilSeen()
    return this.#current
  }

  /** Retries a scan that fails, for example if no descriptor is free: its result would be incomplete. */
  async #lookUntilSeen(): Promise<void> {
    for (;;) {
      const begin = performance.now()
      try {
        return await this.#look()
      } catch {
        await delay(retryMs)
      } finally {
        const end = performance.now()
        this.#restedAt = Math.max(this.#restedAt, end) + restFactor * (end - begin)
      }
    }
  }

  async #rest(): Promise<void> {
    const restMs = this.#restedAt - performance.now() - maxOwedMs
    await (restMs > 1 ? delay(restMs) : nextTurn())
  }
}
