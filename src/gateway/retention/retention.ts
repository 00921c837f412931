import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/load.ts'
import { isLink, parseLogFolder } from '../../session-log/folder.ts'
import { keyLifetimeMs } from '../launch/idempotency.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { CautiousClock } from './cautious-clock.ts'

export interface RetentionParts {
  readonly store: Store
  readonly logsFolder: string
  readonly bounds: Config['retention']
  readonly log: Log
}

const everyMs = 60_000

/** Log folders that are examined in one turn of the event loop. */
const stepLength = 100

/** Removes events, sessions and logs beyond the configured age, count and size. */
export class Retention {
  readonly #parts: RetentionParts
  /** Sizes of the logs of stopped sessions, which do not change any more. */
  readonly #logBytes = new Map<string, number>()

  readonly #clock: CautiousClock
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  constructor(parts: RetentionParts) {
    this.#parts = parts
    this.#clock = new CautiousClock(parts.store.lastTime)
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

  /** One round, in small steps that yield to the event loop. */
  async run(): Promise<void> {
    this.#parts.store.keepTime(this.#clock.now())
    await this.#pruneEvents()
    await this.#pruneSessions()
    await this.#pruneLogs()
    await this.#pruneLaunchKeys()
  }

  async #pruneEvents(): Promise<void> {
    const { store, bounds } = this.#parts
    const before = this.#clock.now() - bounds.eventsMaxAgeMs
    while (store.pruneEvents({ before, keep: bounds.eventsMaxCount }) > 0) await nextTurn()
  }

  async #pruneLaunchKeys(): Promise<void> {
    const { idempotencyKeys } = this.#parts.store
    while (idempotencyKeys.prune(idempotencyKeys.now - keyLifetimeMs) > 0) await nextTurn()
  }

  async #pruneSessions(): Promise<void> {
    const { store, bounds } = this.#parts
    const before = this.#clock.now() - bounds.sessionsMaxAgeMs
    while (store.pruneSessions({ before, keep: bounds.sessionsMaxCount }).length > 0) await nextTurn()
  }

  /** Removes the logs of the sessions that stopped first, and logs without a session. */
  async #pruneLogs(): Promise<void> {
    const { store, logsFolder, bounds } = this.#parts
    const stopped: { readonly name: string; readonly stoppedAt: string }[] = []
    const names = (await isLink(logsFolder)) ? [] : await readdir(logsFolder).catch(() => [])
    for (const [index, name] of names.entries()) {
      if (index % stepLength === 0) await nextTurn()
      const log = parseLogFolder(name)
      // Files and folders that are not named like a log are left alone.
      if (!log) continue
      const session = store.keyOf(log.sessionId) === log.key ? store.find(log.sessionId) : undefined
      if (!session) await this.#removeLog(name)
      else if (session.state === 'stopped') stopped.push({ name, stoppedAt: session.stoppedAt })
    }
    let total = 0
    for (const { name } of stopped.sort((a, b) => (a.stoppedAt < b.stoppedAt ? 1 : -1))) {
      total += await this.#size(name)
      if (total > bounds.logsMaxBytes) await this.#removeLog(name)
    }
  }

  async #size(name: string): Promise<number> {
    const known = this.#logBytes.get(name)
    if (known !== undefined) return known
    const folder = join(this.#parts.logsFolder, name)
    const files = await readdir(folder).catch(() => [])
    // Links are not followed.
    const sizes = await Promise.all(files.map(file => lstat(join(folder, file)).catch(() => undefined)))
    const size = sizes.reduce((sum, file) => sum + (file?.size ?? 0), 0)
    this.#logBytes.set(name, size)
    return size
  }

  async #removeLog(name: string): Promise<void> {
    this.#logBytes.delete(name)
    try {
      await rm(join(this.#parts.logsFolder, name), { recursive: true, force: true })
    } catch (err) {
      // Other logs are still pruned, and this one is tried again in the next round.
      this.#parts.log.warn({ err }, 'the log of a session could not be removed')
    }
  }
}
