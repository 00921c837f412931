/** How late timers are on a machine with much to do, in milliseconds. */
const lateMs = 100

export interface WatchdogOptions {
  readonly missed: (afterMs: number) => void
  /** Reads the reports that have come and are not read yet. */
  readonly read: () => void
}

/** Notices that an app has not reported for too long. */
export class Watchdog {
  readonly #options: WatchdogOptions
  #state: 'waiting' | 'watching' | 'closed' = 'waiting'
  #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0

  /** @param everyMs the longest time between two reports */
  constructor(everyMs: number, options: WatchdogOptions) {
    this.#everyMs = everyMs
    this.#options = options
  }

  /** 0 switches it off. */
  set everyMs(everyMs: number) {
    this.#everyMs = everyMs
    this.reported()
  }

  begin(): void {
    if (this.#state === 'waiting') this.#state = 'watching'
    this.reported()
  }

  reported(): void {
    this.#expect(this.#everyMs)
  }

  /** The app ends by itself, and can be busy with that for `graceMs`. */
  stopping(graceMs: number): void {
    this.#expect(this.#everyMs && Math.max(this.#everyMs, graceMs))
  }

  close(): void {
    this.#state = 'closed'
    clearTimeout(this.#timer)
  }

  #expect(ms: number): void {
    if (this.#state !== 'watching') return
    clearTimeout(this.#timer)
    this.#dueAt = performance.now() + ms
    if (ms > 0) this.#timer = setTimeout(() => this.#look(ms), ms)
  }

  #look(ms: number): void {
    const dueAt = this.#dueAt
    const overdueMs = performance.now() - dueAt
    this.#options.read()
    if (this.#dueAt !== dueAt || this.#state !== 'watching') return
    // This process was held up, and perhaps the app with it.
    if (overdueMs > ms / 2 + lateMs) this.#expect(ms)
    else this.#options.missed(ms)
  }
}
