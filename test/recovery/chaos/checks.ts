import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Session } from '../../../src/session/session.ts'
import type { EventOfTest } from '../../gateway-process.ts'
import type { Clients } from './clients.ts'
import type { Ledger } from './ledger.ts'
import { processesBySession } from './processes.ts'
import type { Stage } from './stage.ts'

/** What is gone once gateway and supervisor have ended in order. */
const gone = ['supervisor.sock', 'gateway.lock', 'supervisor.lock', 'facts.json']

const goneWithinMs = 30_000

export interface ChecksParts {
  readonly stage: Stage
  readonly ledger: Ledger
  readonly clients: Clients
}

/** Holds API, event log and `/proc` to each other while a gateway runs. */
export class Checks {
  readonly #parts: ChecksParts
  #cursor: string

  constructor(parts: ChecksParts, epoch: string) {
    this.#parts = parts
    this.#cursor = `${epoch}.0`
  }

  async afterRound(): Promise<void> {
    const { ledger, clients } = this.#parts
    const acknowledged = clients.takeAcknowledged()
    await this.#catchUp()
    for (const [label, id] of acknowledged) {
      if (ledger.launched(label) !== id)
        ledger.fault(`launch ${label} was acknowledged as session ${id}, and is ${ledger.launched(label)}`)
    }
    await this.#sessions()
    await this.#processes()
  }

  /** Ends everything; then nothing may be left, and the event log must still say what it has said. */
  async atEnd(): Promise<void> {
    const { ledger, clients } = this.#parts
    await clients.stopAll()
    await this.#catchUp()
    if (ledger.live.length > 0) ledger.fault(`sessions ${ledger.live} can't be stopped`)
    this.#cursor = `${this.#cursor.split('.')[0]}.0`
    await this.#catchUp()
  }

  async nothingLeft(): Promise<void> {
    const { stage, ledger } = this.#parts
    const code = await stage.gateway.signal('SIGTERM')
    if (code !== 0) ledger.fault(`the last gateway ended with code ${code}`)
    const deadline = performance.now() + goneWithinMs
    while (stage.gateway.supervisorPid() !== undefined && performance.now() < deadline) await delay(20)
    if (stage.gateway.supervisorPid() !== undefined) ledger.fault('the supervisor is left')
    const processes = stage.gateway.processes()
    if (processes.length > 0) ledger.fault(`processes ${processes} are left`)
    const files = gone.filter(name => existsSync(join(stage.stateDir, name)))
    if (files.length > 0) ledger.fault(`${files} are left`)
  }

  /** Reads the event log on. */
  async #catchUp(): Promise<void> {
    for (;;) {
      const headers = { accept: 'application/json' }
      const page = await this.#parts.stage.gateway.call(`/events?limit=1000&since=${this.#cursor}`, { headers })
      if (!page.ok) throw new Error(`the event log can't be read: ${page.status} ${await page.text()}`)
      const { items, cursor } = (await page.json()) as { items: EventOfTest[]; cursor: string }
      for (const event of items) this.#parts.ledger.take(event, 'the event log')
      this.#cursor = cursor
      if (items.length < 1_000) return
    }
  }

  /** What is stopped does not come back, and what runs has its process. */
  async #sessions(): Promise<void> {
    const { stage, ledger } = this.#parts
    const list = await stage.gateway.call('/sessions?state=running&limit=1000')
    const { items } = (await list.json()) as { items: Session[] }
    const processes = processesBySession(stage.stateDir)
    for (const { id } of items) {
      // A launch whose client went away can be recorded after the event log was read.
      if (!ledger.isKnown(id)) await this.#catchUp()
      if (!ledger.isKnown(id)) ledger.fault(`session ${id} runs and was never launched`)
      if (processes.has(id)) continue
      const { state } = await stage.gateway.until(id, 'stopped')
      if (state !== 'stopped') ledger.fault(`session ${id} is ${state}, and has no process`)
    }
  }

  /** Every process of a session belongs to one that is not stopped. */
  async #processes(): Promise<void> {
    const { stage, ledger } = this.#parts
    // Who is told as stopped while this looks is judged when it is told.
    const wasStopped = ledger.stoppedSoFar()
    for (const [id, pids] of processesBySession(stage.stateDir)) {
      if (wasStopped(id)) ledger.fault(`processes ${pids} live though session ${id} is stopped`)
      if (!ledger.isKnown(id)) await this.#catchUp()
      if (!ledger.isKnown(id)) ledger.fault(`processes ${pids} belong to session ${id}, which nobody knows`)
    }
  }
}
