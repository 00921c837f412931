import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { LogLine } from '../../../src/session-log/record.ts'
import type { Clients } from './clients.ts'
import { pieces } from './connections.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Stage } from './stage.ts'

/** How long a session is followed before it is stopped. */
const longestSessionMs = 20_000

const longestStayMs = 3_000

const pauseMs = 50

export interface LogFollowerParts {
  readonly stage: Stage
  readonly ledger: Ledger
  readonly clients: Clients
}

/** Follows the log of one session after the other, over all breaks: each line must come once, and none may be missing. */
export class LogFollower {
  readonly #parts: LogFollowerParts
  sessions = 0
  lines = 0

  constructor(parts: LogFollowerParts) {
    this.#parts = parts
  }

  async run(random: Random, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const id = await this.#parts.clients.launch('counter', over).catch(() => undefined)
      if (id === undefined) await delay(pauseMs)
      else await this.#follow(id, random, over)
    }
  }

  async #follow(id: number, random: Random, over: AbortSignal): Promise<void> {
    this.sessions++
    const log = new LogSoFar(id, this.#parts.ledger)
    const stopAt = performance.now() + random.upTo(longestSessionMs)
    while (!this.#parts.ledger.isStopped(id) && !over.aborted) {
      const leave = AbortSignal.any([over, AbortSignal.timeout(random.upTo(longestStayMs))])
      await this.#read(log, '&follow=true', leave).catch(() => {})
      if (performance.now() > stopAt) await this.#stop(id).catch(() => {})
      await delay(pauseMs)
    }
    while (!over.aborted && !(await this.#read(log, '', over).catch(() => false))) await delay(pauseMs)
    this.lines += log.seq
    if (!over.aborted) log.compare(this.#parts.stage.stateDir)
  }

  /** True where it was read to its end. */
  async #read(log: LogSoFar, query: string, signal: AbortSignal): Promise<boolean> {
    const url = `${this.#parts.stage.gateway.url}/sessions/${log.id}/logs?after=${log.seq}${query}`
    const response = await fetch(url, { headers: { accept: 'application/x-ndjson' }, signal })
    for await (const piece of pieces(response, '\n')) {
      const line: LogLine | { readonly type: 'end' } = JSON.parse(piece)
      if (!('type' in line)) log.take(line)
    }
    return true
  }

  async #stop(id: number): Promise<void> {
    await this.#parts.stage.gateway.call(`/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=5' } })
  }
}

class LogSoFar {
  readonly id: number
  readonly #ledger: Ledger
  seq = 0
  /** What the app has counted to. */
  #count = 0

  constructor(id: number, ledger: Ledger) {
    this.id = id
    this.#ledger = ledger
  }

  take({ seq, stream, line }: LogLine): void {
    if (seq !== this.seq + 1) this.#ledger.fault(`log of session ${this.id}: line ${seq} after ${this.seq}`)
    this.seq = seq
    const count = /^line (\d+)$/.exec(line)?.[1]
    if (stream !== 'stdout' || count === undefined) return
    if (Number(count) !== this.#count + 1) {
      this.#ledger.fault(`log of session ${this.id}: it said ${count} after ${this.#count}`)
    }
    this.#count = Number(count)
  }

  /** With what the app has said, if its supervisor has lived to read it. */
  compare(stateDir: string): void {
    const said = readOrNone(join(stateDir, 'counts', String(this.id)))
    if (this.#ledger.reason(this.id) === 'supervisorLost' || said <= this.#count) return
    this.#ledger.fault(`log of session ${this.id}: it ends with ${this.#count}, and the app has said ${said}`)
  }
}

/** The app may have been killed before it wrote the file, or while it did. */
function readOrNone(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}
