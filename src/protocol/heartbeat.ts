export interface HeartbeatTiming {
  readonly intervalMs: number
  /** Beats in a row without a message after which the other side is considered hung. */
  readonly maxSilentBeats: number
}

/** A process that has not answered for five seconds is considered hung. */
export const heartbeatTiming: HeartbeatTiming = { intervalMs: 1_000, maxSilentBeats: 5 }

export interface HeartbeatOptions {
  readonly timing: HeartbeatTiming
  /** Called at each beat with the number of beats in a row, this one included, since the last message. */
  readonly beat: (silentBeats: number) => void
  /** Called once when the other side is considered hung. */
  readonly silent: () => void
  /** Called when a hung side sends a message again. */
  readonly heard?: () => void
}

/**
 * Detects that the other side hangs. It counts its own beats, not time: if this process was itself suspended or blocked,
 * a single late beat follows, and the other side is not considered hung.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  readonly #timer: NodeJS.Timeout
  #silentBeats = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#beat(), options.timing.intervalMs)
  }

  /** A message was received from the other side. */
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
