import { hasFailed } from '../../session/failure.ts'
import { isStopped, type Session, type StopReason } from '../../session/session.ts'
import type { TimedEvent } from '../store/timed-events.ts'
import { type DurationSummary, Durations } from './durations.ts'

/** How many sessions were launched, got ready, were stopped, and have failed. */
export interface Outcomes {
  readonly launched: number
  readonly ready: number
  readonly stopped: number
  /** Of those that were stopped. */
  readonly failed: number
}

export interface Bucket extends Outcomes {
  /** When it begins. */
  readonly time: string
}

export interface AppOutcomes extends Outcomes {
  readonly appId: string
  readonly stops: Readonly<Partial<Record<StopReason, number>>>
  /** From the beginning of the start to ready. */
  readonly readyMs: DurationSummary
  /** From the beginning of the stop until nothing was left. */
  readonly stopMs: DurationSummary
}

export interface Range {
  /** Epoch milliseconds; a multiple of `bucketMs`. */
  readonly from: number
  readonly to: number
  readonly bucketMs: number
}

/** Clients can make up any number of app ids: apps beyond the first so many are counted in the buckets only. */
export const maxApps = 1_000

type Counters = { -readonly [Name in keyof Outcomes]: number }

interface AppTally {
  readonly counters: Counters
  readonly stops: Partial<Record<StopReason, number>>
  readonly readyMs: Durations
  readonly stopMs: Durations
}

/** Counts events of a range of time. */
export class Tally {
  readonly #range: Range
  readonly #buckets: readonly Counters[]
  readonly #apps = new Map<string, AppTally>()

  constructor(range: Range) {
    this.#range = range
    const length = Math.max(1, Math.ceil((range.to - range.from) / range.bucketMs))
    this.#buckets = Array.from({ length }, none)
  }

  add({ time, type, appId, session }: TimedEvent): void {
    const bucket = this.#buckets[Math.floor((time - this.#range.from) / this.#range.bucketMs)]
    const app = this.#app(appId)
    const counters = [bucket, app?.counters].filter(each => each !== undefined)
    switch (type) {
      case 'Launched':
        for (const each of counters) each.launched++
        return
      case 'AppReady':
        for (const each of counters) each.ready++
        if (session?.state === 'running') app?.readyMs.add(msBetween(startOf(session), session.readyAt))
        return
      case 'Stopped':
        if (session && isStopped(session)) addStop(session, counters, app)
        return
      case 'Starting':
      case 'Updated':
      case 'Restarting':
      case 'Stopping':
    }
  }

  /** Shows an app even if nothing happened to its sessions. */
  include(appId: string): void {
    this.#app(appId)
  }

  get buckets(): Bucket[] {
    const { from, bucketMs } = this.#range
    return this.#buckets.map((counters, index) => ({
      time: new Date(from + index * bucketMs).toISOString(),
      ...counters
    }))
  }

  /** In the order of their ids, one by one, since each has durations to sort. */
  *apps(): Generator<AppOutcomes> {
    for (const [appId, { counters, stops, readyMs, stopMs }] of [...this.#apps].sort(byId)) {
      yield { appId, ...counters, stops, readyMs: readyMs.summary(), stopMs: stopMs.summary() }
    }
  }

  #app(appId: string): AppTally | undefined {
    const known = this.#apps.get(appId)
    if (known || this.#apps.size === maxApps) return known
    const app = { counters: none(), stops: {}, readyMs: new Durations(), stopMs: new Durations() }
    this.#apps.set(appId, app)
    return app
  }
}

function addStop(
  { stop, stoppedAt }: Session & { state: 'stopped' },
  counters: readonly Counters[],
  app?: AppTally
): void {
  const isFailure = hasFailed(stop)
  for (const each of counters) {
    each.stopped++
    if (isFailure) each.failed++
  }
  if (!app) return
  app.stops[stop.reason] = (app.stops[stop.reason] ?? 0) + 1
  if (stop.since) app.stopMs.add(msBetween(stop.since, stoppedAt))
}

const none = (): Counters => ({ launched: 0, ready: 0, stopped: 0, failed: 0 })

const byId = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

const msBetween = (from: string, to: string) => Date.parse(to) - Date.parse(from)

function startOf(session: Session & { state: 'running' }): string {
  return session.startedAt ?? session.createdAt
}
