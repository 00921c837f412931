/** The longest delay of a timer, in milliseconds. */
const maxDelayMs = 2_147_483_647

/**
 * Deadlines by key, with one timer for all of them. They are on the monotonic clock, `performance.now()`, so that a clock
 * that is set moves none of them.
 */
export class Deadlines<K> {
  readonly #expired: (key: K) => void
  readonly #deadlines = new Map<K, number>()
  #timer: NodeJS.Timeout | undefined
  /** What the timer waits for. */
  #nextMs = Number.POSITIVE_INFINITY

  /** @param expired is called once for each deadline that has passed, which is forgotten then */
  constructor(expired: (key: K) => void) {
    this.#expired = expired
  }

  get size(): number {
    return this.#deadlines.size
  }

  get(key: K): number | undefined {
    return this.#deadlines.get(key)
  }

  set(key: K, deadlineMs: number): void {
    this.#deadlines.set(key, deadlineMs)
    if (deadlineMs < this.#nextMs) this.#wait(deadlineMs)
  }

  /** The timer may find nothing then: to look for the next deadline at each removal would take longer. */
  delete(key: K): void {
    this.#deadlines.delete(key)
    if (this.#deadlines.size === 0) this.close()
  }

  /** Forgets all. */
  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#nextMs = Number.POSITIVE_INFINITY
    this.#deadlines.clear()
  }

  #wait(deadlineMs: number): void {
    clearTimeout(this.#timer)
    this.#nextMs = deadlineMs
    const delayMs = Math.min(maxDelayMs, Math.max(0, Math.ceil(deadlineMs - performance.now())))
    this.#timer = setTimeout(() => this.#fire(), delayMs)
  }

  #fire(): void {
    const now = performance.now()
    this.#nextMs = Number.POSITIVE_INFINITY
    const passed = [...this.#deadlines].filter(([, deadlineMs]) => deadlineMs <= now).map(([key]) => key)
    for (const key of passed) this.#deadlines.delete(key)
    const nextMs = earliest(this.#deadlines.values())
    if (nextMs !== Number.POSITIVE_INFINITY) this.#wait(nextMs)
    for (const key of passed) this.#expired(key)
  }
}

function earliest(deadlines: Iterable<number>): number {
  let first = Number.POSITIVE_INFINITY
  for (const deadlineMs of deadlines) if (deadlineMs < first) first = deadlineMs
  return first
}
