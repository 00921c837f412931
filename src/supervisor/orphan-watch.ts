import { existsSync } from 'node:fs'

/** How long a supervisor without a gateway and without a session waits for a gateway, in milliseconds. */
const idleMs = 60_000

const longestIntervalMs = 1_000

export interface OrphanWatchOptions {
  readonly folder: string
  /** How long sessions run on without a gateway, in milliseconds; 0 means no limit. */
  readonly orphanTimeoutMs: number
  /** Whether there is no session. */
  readonly isIdle: () => boolean
  readonly shutDown: () => void
}

/** Shuts a supervisor down that has had no gateway for too long, or that none can find: its state folder was removed. */
export class OrphanWatch {
  readonly #options: OrphanWatchOptions
  readonly #timer: NodeJS.Timeout
  /** Undefined while a gateway is served. */
  #aloneSince: number | undefined = performance.now()

  constructor(options: OrphanWatchOptions) {
    this.#options = options
    const intervalMs = Math.min(options.orphanTimeoutMs || longestIntervalMs, longestIntervalMs)
    this.#timer = setInterval(() => this.#look(), intervalMs)
  }

  gatewayCame(): void {
    this.#aloneSince = undefined
  }

  gatewayLeft(): void {
    this.#aloneSince = performance.now()
  }

  #look(): void {
    if (this.#aloneSince === undefined || !this.#isOver(performance.now() - this.#aloneSince)) return
    clearInterval(this.#timer)
    this.#options.shutDown()
  }

  #isOver(aloneMs: number): boolean {
    const { folder, orphanTimeoutMs, isIdle } = this.#options
    if (isIdle() && (aloneMs > idleMs || !existsSync(folder))) return true
    return orphanTimeoutMs > 0 && aloneMs >= orphanTimeoutMs
  }
}
