/** How far the clock may be ahead of what was expected and be believed at once, and how long it is not, in milliseconds. */
const cautionMs = 86_400_000

export interface Clocks {
  /** Epoch milliseconds, which may leap. */
  readonly wall: () => number
  /** Milliseconds from anywhere, which only rise. */
  readonly monotonic: () => number
}

const machine: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() }

/**
 * The time by which retention forgets. A clock that is far ahead would make it forget everything; a machine that was off
 * for long looks the same. So a leap of more than a day is believed after a day: until then only what passes counts.
 */
export class CautiousClock {
  readonly #clocks: Clocks
  #time: number
  #readAt: number
  #leaptAt: number | undefined

  /** @param lastTime the last time that is known to have been */
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
