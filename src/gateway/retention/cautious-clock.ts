/** The largest jump ahead that is accepted at once, and how long a larger one is ignored, in milliseconds. */
const cautionMs = 86_400_000

export interface Clocks {
  /** Epoch milliseconds, which can jump. */
  readonly wall: () => number
  /** Milliseconds from an arbitrary origin, which only rise. */
  readonly monotonic: () => number
}

const machine: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() }

/**
 * The clock by which retention computes ages. A wrong clock that is far ahead would make it remove everything, and can't
 * be told from a machine that was off for long. So a jump of more than a day is ignored for a day.
 */
export class CautiousClock {
  readonly #clocks: Clocks
  #time: number
  #readAt: number
  #leaptAt: number | undefined

  /** @param lastTime the latest time known from earlier runs */
  constructor(lastTime: number | undefined, clocks = machine) {
    this.#clocks = clocks
    this.#time = lastTime ?? clocks.wall()
    this.#readAt = clocks.monotonic()
  }

  now(): number {
    const [wall, monotonic] = [this.#clocks.wall(), this.#clocks.monotonic()]
    const expected = this.#time + monotonic - this.#readAt
    const isLeap = wall - expected > cautionMs
    if (isLeap) this.#leaptAt ??= monotonic
    else this.#leaptAt = undefined
    const isBelieved = this.#leaptAt === undefined || monotonic - this.#leaptAt > cautionMs
    if (isBelieved) this.#leaptAt = undefined
    this.#time = isBelieved ? wall : expected
    this.#readAt = monotonic
    return this.#time
  }
}
