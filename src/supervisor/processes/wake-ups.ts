/** Lets any number of waiters wait for the next change of something, at most `maxWaitMs` milliseconds. */
export class WakeUps<T> {
  readonly #maxWaitMs: number
  readonly #waiting = new Map<T, PromiseWithResolvers<void>>()
  #timer: NodeJS.Timeout | undefined

  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs
  }

  next(subject: T): Promise<void> {
    const waiting = this.#waiting.get(subject) ?? Promise.withResolvers<void>()
    this.#waiting.set(subject, waiting)
    this.#timer ??= setTimeout(() => this.wakeAll(), this.#maxWaitMs)
    return waiting.promise
  }

  wake(subject: T): void {
    this.#waiting.get(subject)?.resolve()
    this.#waiting.delete(subject)
  }

  wakeAll(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const subject of [...this.#waiting.keys()]) this.wake(subject)
  }
}
