import type { Measure } from '../../protocol/commands.ts'
import type { Measured } from '../../protocol/reports.ts'
import type { Usage } from '../../session/session.ts'

/** The longest wait for an answer, in milliseconds: who reads a session gets it anyway. */
const maxWaitMs = 500

/** Asks the supervisor what the processes of sessions use. */
export class UsageRequests {
  readonly #send: (measure: Measure) => void
  readonly #waiting = new Map<number, (usage?: Usage) => void>()
  #requests = 0

  constructor(send: (measure: Measure) => void) {
    this.#send = send
  }

  /** Undefined if it is not known now. */
  async measure(key: string): Promise<Usage | undefined> {
    const request = ++this.#requests
    const { promise, resolve } = Promise.withResolvers<Usage | undefined>()
    const timer = setTimeout(() => resolve(undefined), maxWaitMs)
    this.#waiting.set(request, resolve)
    this.#send({ type: 'measure', key, request })
    const usage = await promise
    clearTimeout(timer)
    this.#waiting.delete(request)
    return usage
  }

  measured({ request, usage }: Measured): void {
    this.#waiting.get(request)?.(usage)
  }

  /** The connection has ended: nothing more is answered. */
  giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve()
  }
}
