import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'

/** The pause after a scan, in durations of that scan, so that other work gets most of the time. */
const pauseFactor = 2
/** The sum of pauses that can be postponed, in milliseconds: the few scans of an ordinary stop follow each other at once. */
const maxPostponedMs = 200
const retryMs = 20

/** One scan of the machine's processes for all simultaneous callers. */
export class SharedScan {
  readonly #scan: () => void | Promise<void>
  #current: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** When the pauses for all scans so far are over. */
  #pausesEndAt = 0

  constructor(scan: () => void | Promise<void>) {
    this.#scan = scan
  }

  /** Resolves when a scan that began after this call is done. */
  next(): Promise<void> {
    this.#next ??= this.#run()
    return this.#next
  }

  async #run(): Promise<void> {
    await this.#current
    await this.#pause()
    // Later calls get the next scan.
    this.#next = undefined
    this.#current = this.#scanWithRetry()
    return this.#current
  }

  /** Retries a scan that fails, for example if no descriptor is free: its result would be incomplete. */
  async #scanWithRetry(): Promise<void> {
    for (;;) {
      const begin = performance.now()
      try {
        return await this.#scan()
      } catch {
        await delay(retryMs)
      } finally {
        const end = performance.now()
        this.#pausesEndAt = Math.max(this.#pausesEndAt, end) + pauseFactor * (end - begin)
      }
    }
  }

  async #pause(): Promise<void> {
    const pauseMs = this.#pausesEndAt - performance.now() - maxPostponedMs
    await (pauseMs > 1 ? delay(pauseMs) : nextTurn())
  }
}
