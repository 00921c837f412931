import type { Flush } from '../../protocol/commands.ts'

/** The longest wait for an answer, in milliseconds: the log can be read anyway. */
const maxWaitMs = 1_500

/** Asks the supervisor to write to the logs what it has read of sessions, so that a reader finds it there. */
export class LogFlushes {
  readonly #send: (flush: Flush) => void
  readonly #waiting = new Map<number, () => void>()
  #requests = 0

  constructor(send: (flush: Flush) => void) {
    this.#send = send
  }

  /** Resolves when the log has what the session had written before this call, or when no answer comes. */
  async flush(key: string): Promise<void> {
    const request = ++this.#requests
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, maxWaitMs)
    this.#waiting.set(request, resolve)
    this.#send({ type: 'flush', key, request })
    await promise
    clearTimeout(timer)
    this.#waiting.delete(request)
  }

  flushed(request: number): void {
    this.#waiting.get(request)?.()
  }

  /** The connection has ended: nothing more is answered. */
  giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve()
  }
}
