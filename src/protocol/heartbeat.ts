export interface HeartbeatTiming {
  readonly intervalMs: number
  /** After so many beats in a row without a sign of life the other side is taken to hang. */
  readonly maxSilentBeats: number
}

/** A process that has not answered for five seconds hangs. */
export const heartbeatTiming: HeartbeatTiming = { intervalMs: 1_000, maxSilentBeats: 5 }

export interface HeartbeatOptions {
  readonly timing: HeartbeatTiming
  /** Called at each beat with the number of beats in a row, this one included, before which nothing was heard. */
  readonly beat: (silentBeats: number) => void
  /** The other side has begun to hang. */
  readonly silent: () => void
  /** It is back. */
  readonly heard?: () => void
}

/**
 * Watches for signs of life. It counts its own beats and not the clock's time: a process that was itself stopped, or
 * blocked, finds one beat late when it goes on, and accuses nobody.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #timer: NodeJS.Timeout
  #silentBeats = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#beat(), options.timing.intervalMs)
  }

  /** Something came from the other side. */
  hear(): void {
    const wasSilent = this.#silentBeats >= this.#options.timing.maxSilentBeats
    this.#silentBeats = 0
    if (wasSilent) this.#options.heard?.()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #beat(): void {
    this.#silentBeats++
    this.#options.beat(this.#silentBeats)
    if (this.#silentBeats === this.#options.timing.maxSilentBeats) this.#options.silent()
  }
}
