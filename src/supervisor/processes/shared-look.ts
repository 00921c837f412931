import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'

/** In the long run a look that took t is followed by so many t without one: others get most of the time. */
const restFactor = 2
/** Rest that may be put off, in milliseconds: the few looks of an ordinary stop follow each other at once. */
const maxOwedMs = 200
const retryMs = 20

/** A look at the machine's processes for all that ask at the same time. */
export class SharedLook {
  readonly #look: () => void | Promise<void>
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** When all rest that is owed will have been taken. */
  #restedAt = 0

  constructor(look: () => void | Promise<void>) {
    this.#look = look
  }

  /** Resolves when a look that began after this call is done. */
  next(): Promise<void> {
    this.#next ??= this.#run()
    return this.#next
  }

  async #run(): Promise<void> {
    await this.#current
    await this.#rest()
    // Who asks from now on gets the next look.
    this.#next = undefined
    this.#current = this.#lookUntilSeen()
    return this.#current
  }

  /** No descriptor may be free for a moment, and nobody is to be taken for dead because of that. */
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
