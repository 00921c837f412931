import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'

/** After a look that took t, the next one begins no sooner than this many t later: others get most of the time. */
const restFactor = 2
const retryMs = 20

/** A look at the machine's processes for all that ask at the same time. */
export class SharedLook {
  readonly #look: () => void
  #next: Promise<void> | undefined
  #notBefore = 0

  constructor(look: () => void) {
    this.#look = look
  }

  /** Resolves when a look that began after this call is done. */
  next(): Promise<void> {
    this.#next ??= this.#run()
    return this.#next
  }

  async #run(): Promise<void> {
    await this.#rest()
    // Who asks from now on gets the next look.
    this.#next = undefined
    const begin = performance.now()
    try {
      this.#look()
    } catch {
      // No descriptor may be free for a moment, and nobody is to be taken for dead because of that.
      await delay(retryMs)
      return this.next()
    } finally {
      const end = performance.now()
      this.#notBefore = end + restFactor * (end - begin)
    }
  }

  async #rest(): Promise<void> {
    const restMs = this.#notBefore - performance.now()
    await (restMs > 1 ? delay(restMs) : nextTurn())
  }
}
