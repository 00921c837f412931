import { TimeoutError } from './errors.ts'

/** How long a gateway can be silent before it has said how often it sends something. */
const firstLimitMs = 30_000

/** Missed heartbeats in a row after which a connection counts as lost. */
const missedHeartbeats = 3

/** Ends a connection on which nothing comes any more: a peer that is gone without a word is noticed by nothing else. */
export class SilenceWatch {
  readonly #over = new AbortController()
  readonly #outer: AbortSignal
  readonly #end = () => this.#over.abort()
  #limitMs = firstLimitMs
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(outer: AbortSignal) {
    this.#outer = outer
    if (outer.aborted) this.#end()
    outer.addEventListener('abort', this.#end)
    this.heard()
  }

  /** Aborted, with a {@link TimeoutError} as its reason, after the silence; or with the outer signal. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** Counts anew. */
  readonly heard = (): void => {
    this.hold()
    const limitMs = this.#limitMs
    this.#timer = setTimeout(() => this.#over.abort(new TimeoutError('nothing came', limitMs)), limitMs)
  }

  expect(heartbeatMs: number): void {
    if (heartbeatMs > 0) this.#limitMs = heartbeatMs * missedHeartbeats
  }

  /** Does not count while the consumer is busy and nothing is read. */
  hold(): void {
    clearTimeout(this.#timer)
  }

  /** Ends the connection, and leaves nothing behind. */
  release(): void {
    this.hold()
    this.#outer.removeEventListener('abort', this.#end)
    this.#end()
  }
}
