import { setImmediate as nextTurn } from 'node:timers/promises'

/** How long one turn of the event loop may be spent on a look, in milliseconds. */
const sliceMs = 4

/** Parts long work into turns of the event loop: to be awaited between its steps. */
export class Slices {
  #begin = performance.now()

  async rest(): Promise<void> {
    if (performance.now() - this.#begin < sliceMs) return
    await nextTurn()
    this.#begin = performance.now()
  }
}
