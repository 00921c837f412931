/** How many clients are counted at most; beyond it, the oldest count is given up. */
const maxClients = 5_000

export interface RequestCount {
  readonly isExceeded: boolean
  /** How many more are allowed until the reset. */
  readonly remaining: number
  /** When the count begins anew, in milliseconds from now. */
  readonly resetMs: number
}

interface Window {
  readonly startedAt: number
  count: number
}

/** Counts requests of clients, each in windows of its own that begin with its first request. */
export class RequestRate {
  readonly #max: number
  readonly #windowMs: number
  /** In the order in which they began. */
  readonly #windows = new Map<string, Window>()

  constructor(max: number, windowMs: number) {
    this.#max = max
    this.#windowMs = windowMs
  }

  count(client: string): RequestCount {
    const now = performance.now()
    const window = this.#current(client, now) ?? this.#begin(client, now)
    window.count++
    return {
      isExceeded: window.count > this.#max,
      remaining: Math.max(0, this.#max - window.count),
      resetMs: Math.ceil(window.startedAt + this.#windowMs - now)
    }
  }

  #current(client: string, now: number): Window | undefined {
    const window = this.#windows.get(client)
    return window && now - window.startedAt < this.#windowMs ? window : undefined
  }

  #begin(client: string, startedAt: number): Window {
    const window = { startedAt, count: 0 }
    this.#windows.delete(client)
    this.#windows.set(client, window)
    for (const oldest of this.#windows.keys()) {
      if (this.#windows.size <= maxClients) break
      this.#windows.delete(oldest)
    }
    return window
  }
}
