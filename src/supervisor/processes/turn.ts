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

/** The result of `look`, taken at most once in a turn of the event loop, however many ask. */
export function oncePerTurn<T>(look: () => T): () => T {
  let seen: { readonly value: T } | undefined
  return () => {
    if (!seen) {
      seen = { value: look() }
      setImmediate(() => {
        seen = undefined
      })
    }
    return seen.value
  }
}
