import type { FastifyInstance } from 'fastify'

/** Tells whoever started this process, as a service manager may want to know, whether it serves or ends. */
export type Notify = (state: 'ready' | 'stopping', status: string) => void

/** One Ctrl-C may arrive several times: npm and `node --watch` pass on what the terminal has sent to us as well. */
const sameRequestMs = 1_000

/** How much longer than its grace any session may take to end before the gateway exits without it, in milliseconds. */
const drainMarginMs = 30_000

/** How long it may take to close what is left once the sessions are stopped, in milliseconds. */
const closeMs = 30_000

/** The end of the process: once, however often it is asked for. */
export class Shutdown {
  readonly #fastify: FastifyInstance
  readonly #notify: Notify
  #askedAt: number | undefined

  constructor(fastify: FastifyInstance, notify: Notify) {
    this.#fastify = fastify
    this.#notify = notify
  }

  /** Begins it; asked for again, though not in the same moment, it kills the sessions that are being stopped. */
  ask(signal: string): void {
    const { log, gateway } = this.#fastify
    const now = performance.now()
    if (this.#askedAt === undefined) {
      this.#askedAt = now
      log.info({ signal }, 'shutting down')
      void this.#run()
    } else if (now - this.#askedAt > sameRequestMs) {
      log.info({ signal }, 'asked again to shut down')
      gateway.killStopping()
    }
  }

  async #run(): Promise<void> {
    const { log, gateway } = this.#fastify
    this.#notify('stopping', 'stopping the sessions')
    try {
      await this.#drain()
      await within(closeMs, this.#fastify.close(), 'what is open could not be closed in time')
      process.exit(0)
    } catch (err) {
      log.fatal({ err, sessions: gateway.sessions.live.map(({ id }) => id) }, 'shutdown given up')
      process.exit(1)
    }
  }

  /** Bounded by the progress: however many sessions there are and however long they may take, one after the other ends. */
  async #drain(): Promise<void> {
    const { gateway } = this.#fastify
    const overdueMs = gateway.catalogue.longestGraceMs + drainMarginMs
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error('sessions did not end in time')), overdueMs)
    const unsubscribe = gateway.sessions.subscribe(() => timer.refresh())
    try {
      await Promise.race([gateway.drain(), promise])
    } finally {
      unsubscribe()
      clearTimeout(timer)
    }
  }
}

async function within(ms: number, action: PromiseLike<unknown>, otherwise: string): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(otherwise)), ms)
  await Promise.race([action, promise])
  clearTimeout(timer)
}
