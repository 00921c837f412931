import type { HealthChecks } from '../../protocol/health-checks.ts'
import type { Probe, Probed } from '../readiness/probe.ts'
import { beforeChecks, isNews, type Judgement, judge } from './judge.ts'

export interface Watched {
  readonly session: Probed
  readonly probe: Probe
  readonly checks: HealthChecks
  /** Called when there is something to tell. */
  readonly news: (judgement: Judgement, before: Judgement) => void
}

/** The longest wait for a command that was killed, in milliseconds: what waits for a disk can't be killed. */
const maxEndMs = 1_000

/**
 * Checks an app from now on until `end` is called, one check at a time, with one timer. The first check comes at a random
 * moment, and each pause is up to 10 % shorter or longer, so that many sessions do not check at once.
 */
export class HealthWatch {
  readonly #watched: Watched
  #timer: NodeJS.Timeout
  #limit: AbortController | undefined
  #checking: Promise<void> | undefined
  #judgement = beforeChecks
  #isOver = false

  constructor(watched: Watched) {
    this.#watched = watched
    this.#timer = this.#after(watched.checks.everyMs * (0.5 + Math.random() / 2))
  }

  /** Interrupts a check that is under way. Resolves when nothing of it is left. */
  async end(): Promise<void> {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#limit?.abort('over')
    if (!this.#checking) return
    const { promise: tooLong, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, maxEndMs)
    await Promise.race([this.#checking, tooLong])
    clearTimeout(timer)
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#checking = this.#check().finally(() => {
        this.#checking = undefined
      })
    }, ms)
  }

  async #check(): Promise<void> {
    const { everyMs } = this.#watched.checks
    const startedAt = performance.now()
    const fault = await this.#attempt()
    if (this.#isOver) return
    this.#note(fault)
    const pauseMs = everyMs * (0.9 + Math.random() / 5) - (performance.now() - startedAt)
    if (!this.#isOver) this.#timer = this.#after(pauseMs)
  }

  async #attempt(): Promise<string | undefined> {
    const { probe, session, checks } = this.#watched
    const limit = new AbortController()
    this.#limit = limit
    this.#timer = setTimeout(() => limit.abort('over'), checks.timeoutMs)
    try {
      return await probe.attempt(limit.signal, session)
    } catch (error) {
      return `the check failed: ${(error as Error).message}`
    } finally {
      clearTimeout(this.#timer)
      this.#limit = undefined
    }
  }

  #note(fault: string | undefined): void {
    const { checks, news } = this.#watched
    const before = this.#judgement
    this.#judgement = judge(before, { fault, now: Date.now() }, checks.failures)
    if (isNews(before, this.#judgement)) news(this.#judgement, before)
  }
}
