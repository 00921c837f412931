import type { FastifyInstance } from 'fastify'

/** Notifies the service manager of the state of this process. */
export type Notify = (state: 'ready' | 'stopping', status: string) => void

/** One Ctrl-C can arrive several times: npm and `node --watch` pass on the signal that the terminal also sent to us. */
const sameRequestMs = 1_000

/** How long after the longest grace the gateway waits for a session to end before it exits, in milliseconds. */
const drainMarginMs = 30_000

/** How long closing may take once the sessions are stopped, in milliseconds. */
const closeMs = 30_000

const endsNotRecorded =
  'all sessions have ended, but the state folder did not take how these did: unless facts.json in it has that, the next gateway reports them as lost'

/** Ends the process, once, however often it is asked to. The order in which the parts end is in gateway.ts. */
export class Shutdown {
  readonly #fastify: FastifyInstance
  readonly #notify: Notify
  #askedAt: number | undefined

  constructor(fastify: FastifyInstance, notify: Notify) {
    this.#fastify = fastify
    this.#notify = notify
  }

  /** Begins the shutdown. A later call, after {@link sameRequestMs}, kills the sessions that are being stopped. */
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
      const unrecorded = await this.#drain()
      await within(closeMs, this.#fastify.close(), 'closing took too long')
      if (unrecorded.length > 0) log.fatal({ sessions: unrecorded }, endsNotRecorded)
      process.exit(unrecorded.length > 0 ? 1 : 0)
    } catch (err) {
      log.fatal({ err, sessions: gateway.sessions.live.map(({ id }) => id) }, 'shutdown given up')
      process.exit(1)
    }
  }

  /** Returns the ids of sessions whose end can't be recorded. Fails when no session has ended for the longest grace and a margin; any number of sessions can take any time together. */
  async #drain(): Promise<readonly number[]> {
    const { gateway } = this.#fastify
    const overdueMs = gateway.catalogue.longestGraceMs + drainMarginMs
    const { promise, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error('sessions did not end in time')), overdueMs)
    const unsubscribe = gateway.sessions.subscribe(() => timer.refresh())
    try {
      return await Promise.race([gateway.drain(), promise])
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
