import type { Session } from '../../../src/session/session.ts'
import { apps } from './apps.ts'
import { type Ledger, launchLabel } from './ledger.ts'
import type { Random } from './random.ts'
import type { Stage } from './stage.ts'

/** Sessions beside which more are stopped than launched. */
const manySessions = 40

const callsPerRound = 12

interface Launch {
  readonly label: string
  readonly appId: string
  /** Where it is there, a launch without an answer is sent again. */
  readonly key: string | undefined
}

/** Those who launch and stop, and remember what they were answered. */
export class Clients {
  readonly #stage: Stage
  readonly #ledger: Ledger
  readonly #acknowledged: [label: string, id: number][] = []
  #unanswered: Launch[] = []
  #launches = 0

  constructor(stage: Stage, ledger: Ledger) {
    this.#stage = stage
    this.#ledger = ledger
  }

  /** The launches that were answered with their sessions since this was asked last. */
  takeAcknowledged(): readonly (readonly [label: string, id: number])[] {
    return this.#acknowledged.splice(0)
  }

  /** One client for as long as a round takes: `over` ends it. */
  async work(random: Random, over: AbortSignal): Promise<void> {
    for (let call = 0; call < callsPerRound && !over.aborted; call++) {
      try {
        const isFull = this.#ledger.live.length > manySessions
        if (random.chance(isFull ? 0.2 : 0.6)) await this.#launch(this.#next(random), over)
        else await this.#stop(random, over)
      } catch {
        // The gateway was killed meanwhile: what counts is what the event log says.
        if (!this.#stage.gateway.isRunning) return
      }
    }
  }

  /** Launches whose answers were lost, with the same keys. */
  async sendAgain(over: AbortSignal): Promise<void> {
    const launches = this.#unanswered
    this.#unanswered = []
    await Promise.all(launches.map(launch => this.#launch(launch, over).catch(() => {})))
  }

  async launch(appId: string, over: AbortSignal): Promise<number | undefined> {
    const label = `${this.#launches++}`
    return await this.#launch({ appId, label, key: undefined }, over)
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#ledger.live.map(id => this.#delete(id, '', 'wait=100')))
  }

  #next(random: Random): Launch {
    const label = `${this.#launches++}`
    return { label, appId: random.pick(Object.keys(apps)), key: random.chance(0.5) ? `key-${label}` : undefined }
  }

  async #launch(launch: Launch, signal: AbortSignal): Promise<number | undefined> {
    const { label, appId, key } = launch
    const headers = { 'content-type': 'application/json', prefer: 'wait=1', ...(key && { 'idempotency-key': key }) }
    const body = JSON.stringify({ appId, labels: { [launchLabel]: label } })
    try {
      const answer = await this.#stage.gateway.call('/sessions', { method: 'POST', headers, body, signal })
      const content = (await answer.json()) as Session & { session?: Session }
      const id = answer.status === 201 ? content.id : content.session?.id
      if (id !== undefined) this.#acknowledged.push([label, id])
      else if (key && answer.status === 409) this.#unanswered.push(launch)
      return id
    } catch (error) {
      if (key) this.#unanswered.push(launch)
      throw error
    }
  }

  async #stop(random: Random, signal: AbortSignal): Promise<void> {
    const { live } = this.#ledger
    if (live.length > 0)
      await this.#delete(random.pick(live), random.pick(['', '?force=true']), random.pick(['wait=0', 'wait=1']), signal)
  }

  async #delete(id: number, query: string, prefer: string, signal?: AbortSignal): Promise<void> {
    const init = { method: 'DELETE', headers: { prefer }, ...(signal && { signal }) }
    const { status } = await this.#stage.gateway.call(`/sessions/${id}${query}`, init)
    if (status === 404) this.#ledger.fault(`session ${id} is not found`)
  }
}
