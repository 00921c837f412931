/** Lets any number of waiters wait for the next change, at most `maxWaitMs` milliseconds. */
export class Turn {
  readonly #maxWaitMs: number
  #current: PromiseWithResolvers<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs
  }

  next(): Promise<void> {
    this.#current ??= Promise.withResolvers()
    this.#timer ??= setTimeout(() => this.end(), this.#maxWaitMs)
    return this.#current.promise
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#current?.resolve()
    this.#current = undefined
  }
}

/** The result of `look`, taken at most once in a turn of the event loop, however many ask, and anew after `forget`. */
export class OncePerTurn<T> {
  readonly #look: () => T
  #seen: { readonly value: T } | undefined

  constructor(look: () => T) {
    this.#look = look
  }

  get value(): T {
    if (!this.#seen) {
      this.#seen = { value: this.#look() }
      setImmediate(() => this.forget())
    }
    return this.#seen.value
  }

  forget(): void {
    this.#seen = undefined
  }
}
