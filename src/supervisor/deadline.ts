/** A timer that can be put off while it runs. */
export class Deadline {
  readonly #firstMs: number
  readonly #longestMs: number
  readonly #begunAt = performance.now()
  readonly #passed = Promise.withResolvers<void>()
  readonly passed = this.#passed.promise
  #totalMs: number
  #timer: NodeJS.Timeout

  /** @param longestMs how far it can be put off, counted from now; durations are in milliseconds */
  constructor(ms: number, longestMs: number = longestTimerMs) {
    this.#firstMs = ms
    this.#longestMs = longestMs
    this.#totalMs = ms
    this.#timer = setTimeout(this.#passed.resolve, ms)
  }

  /** The time from its beginning until it passes. */
  get totalMs(): number {
    return this.#totalMs
  }

  /** It passes `ms` from now, but not earlier than it would have if nobody had moved it. */
  extend(ms: number): void {
    const elapsedMs = performance.now() - this.#begunAt
    if (elapsedMs >= this.#totalMs) return
    this.#totalMs = Math.max(this.#firstMs, Math.min(Math.round(elapsedMs + ms), this.#longestMs))
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#passed.resolve, this.#totalMs - elapsedMs)
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

const longestTimerMs = 2_147_483_647
