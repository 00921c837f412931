import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/load.ts'
import { keyLifetimeMs } from '../launch/idempotency.ts'
import type { Log } from '../log.ts'
import type { EventLog } from '../store/event-log.ts'

export interface RetentionParts {
  readonly eventLog: EventLog
  readonly logsFolder: string
  readonly bounds: Config['retention']
  readonly log: Log
}

const everyMs = 60_000

/** Sessions that are looked at in one turn of the loop. */
const stepLength = 100

/** Forgets what is older or more than the configuration keeps. */
export class Retention {
  readonly #parts: RetentionParts
  /** Sizes of the logs of stopped sessions, which do not change any more. */
  readonly #logBytes = new Map<string, number>()

  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  constructor(parts: RetentionParts) {
    this.#parts = parts
  }

  /** A round now, and then one every minute. */
  start(): void {
    this.#timer = setInterval(() => this.#startRound(), everyMs)
    this.#startRound()
  }

  /** Resolves when the round that is under way is over. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#round
  }

  #startRound(): void {
    this.#round ??= this.run()
      .catch(err => this.#parts.log.warn({ err }, 'retention failed'))
      .finally(() => {
        this.#round = undefined
      })
  }

  /** One round, in small steps that let everything else through. */
  async run(): Promise<void> {
    await this.#pruneEvents()
    await this.#pruneSessions()
    await this.#pruneLogs()
    await this.#pruneLaunchKeys()
  }

  async #pruneEvents(): Promise<void> {
    const { eventLog, bounds } = this.#parts
    const before = Date.now() - bounds.eventsMaxAgeMs
    while (eventLog.pruneEvents({ before, keep: bounds.eventsMaxCount }) > 0) await nextTurn()
  }

  async #pruneLaunchKeys(): Promise<void> {
    const { launchKeys } = this.#parts.eventLog
    while (launchKeys.prune(Date.now() - keyLifetimeMs) > 0) await nextTurn()
  }

  async #pruneSessions(): Promise<void> {
    const { eventLog, bounds } = this.#parts
    const before = Date.now() - bounds.sessionsMaxAgeMs
    const next = () => eventLog.pruneSessions({ before, keep: bounds.sessionsMaxCount })
    for (let ids = next(); ids.length > 0; ids = next()) {
      for (const id of ids) await this.#removeLog(id)
      await nextTurn()
    }
  }

  /** Logs of the sessions that stopped first go first; a log whose session is gone goes at once. */
  async #pruneLogs(): Promise<void> {
    const { eventLog, logsFolder, bounds } = this.#parts
    const stopped: { readonly id: number; readonly stoppedAt: string }[] = []
    const ids = (await readdir(logsFolder).catch(() => [])).map(Number)
    for (const [index, id] of ids.entries()) {
      if (index % stepLength === 0) await nextTurn()
      const session = eventLog.find(id)
      if (!session) await this.#removeLog(id)
      else if (session.state === 'stopped') stopped.push({ id, stoppedAt: session.stoppedAt })
    }
    let total = 0
    for (const { id } of stopped.sort((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))) {
      total += await this.#size(id)
      if (total > bounds.logsMaxBytes) await this.#removeLog(id)
    }
  }

  async #size(id: number): Promise<number> {
    const known = this.#logBytes.get(id)
    if (known !== undefined) return known
    const folder = join(this.#parts.logsFolder, String(id))
    const files = await readdir(folder).catch(() => [])
    const sizes = await Promise.all(files.map(file => stat(join(folder, file)).then(({ size }) => size)))
    const size = sizes.reduce((sum, bytes) => sum + bytes, 0)
    this.#logBytes.set(id, size)
    return size
  }

  async #removeLog(id: number): Promise<void> {
    this.#logBytes.delete(id)
    await rm(join(this.#parts.logsFolder, String(id)), { recursive: true, force: true })
  }
}
