/** How many waiting requests, of all connections, begin in one turn of the event loop: some milliseconds of work. */
const perTurn = 16

/** Runs functions in order, a few in each turn of the event loop, so that new requests are served in between. */
export class PacedQueue {
  #waiting: (() => void)[] = []

  add(run: () => void): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#runSome())
    this.#waiting.push(run)
  }

  #runSome(): void {
    const some = this.#waiting.splice(0, perTurn)
    if (this.#waiting.length > 0) setImmediate(() => this.#runSome())
    for (const run of some) run()
  }
}
