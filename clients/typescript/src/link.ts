import { type Backoff, delayMs, pause } from './backoff.ts'
import type { CallOptions } from './options.ts'
import { retryAfterMs } from './transport.ts'

/** What the connection of a followed stream is doing. */
export type ConnectionStatus =
  /** `attempt` counts from 0 since it was last live. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** All that was missed has come. `resumed`: how many events that was, if events were resumed. */
  | { readonly state: 'live'; readonly resumed?: number }
  /** The events after `from`, up to `to`, are lost: two cursors. */
  | { readonly state: 'gap'; readonly from: string; readonly to: string }
  /** The next try is at `until`, or at once with {@link Following.tryNow}. `reason`: what ended the connection, if it was an error. */
  | { readonly state: 'waiting'; readonly until: Date; readonly reason: unknown }
  | { readonly state: 'closed' }

export interface FollowOptions extends Omit<CallOptions, 'maxRetries'> {
  /** Called with each new status of the connection, between two items. What it throws ends the loop. */
  readonly onStatus?: ((status: ConnectionStatus) => void) | undefined
  /** Pauses between tries to connect: from 250 ms up to 10 s by default. */
  readonly backoff?: Backoff | undefined
}

export const followOptions = ['onStatus', 'backoff']

const usualBackoff: Backoff = { firstDelayMs: 250, maxDelayMs: 10_000 }

/** The connections of one followed stream, one after another. */
export class Link {
  /** Aborted when the loop is left. */
  readonly signal: AbortSignal
  status: ConnectionStatus = { state: 'connecting', attempt: 0 }
  readonly #options: FollowOptions
  readonly #over = new AbortController()
  #attempt = 0
  #thrown: { readonly error: unknown } | undefined
  #wake = new AbortController()

  constructor(options: FollowOptions) {
    this.#options = options
    this.signal = this.#over.signal
  }

  open(): void {
    const { signal } = this.#options
    if (signal?.aborted) this.close()
    else signal?.addEventListener('abort', this.close)
  }

  readonly close = (): void => {
    this.#options.signal?.removeEventListener('abort', this.close)
    this.status = { state: 'closed' }
    this.#over.abort()
    this.tryNow()
  }

  connecting(): void {
    this.tell({ state: 'connecting', attempt: this.#attempt++ })
  }

  /** The gateway has answered: the next pause is a short one. */
  answered(): void {
    this.#attempt = 0
  }

  tell(status: ConnectionStatus): void {
    this.status = status
    this.callBack(this.#options.onStatus, status)
  }

  /** Calls a function of the caller, and throws what it throws. */
  callBack<Value>(call: ((value: Value) => void) | undefined, value: Value): void {
    try {
      call?.(value)
    } catch (error) {
      this.#thrown = { error }
      throw error
    }
  }

  /** Has a function of the caller thrown this? It ends the loop, also if it looks like a broken connection. */
  isOfCaller(error: unknown): boolean {
    return this.#thrown !== undefined && this.#thrown.error === error
  }

  tryNow(): void {
    this.#wake.abort()
  }

  async pause(reason: unknown): Promise<void> {
    this.#wake = new AbortController()
    const backoff = this.#options.backoff ?? usualBackoff
    const pauseMs = Math.max(delayMs(backoff, Math.max(0, this.#attempt - 1)), retryAfterMs(reason))
    this.tell({ state: 'waiting', until: new Date(Date.now() + pauseMs), reason })
    if (!this.signal.aborted) await pause(pauseMs, this.#wake.signal)
  }
}
