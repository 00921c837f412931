import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SessionState } from '../../session/session.ts'
import { InvalidRequest } from '../errors.ts'
import { sessionTest } from '../feed/event-filter.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import { formatCursor } from '../store/cursor.ts'
import type { EventFilter } from '../store/records.ts'
import type { Store } from '../store/store.ts'
import type { Moment } from '../store/timed-events.ts'
import { type AppOutcomes, type Bucket, type Range, Tally } from './tally.ts'

export interface StatsQuery {
  /** Epoch milliseconds; an hour before `to` by default. */
  readonly from?: number | undefined
  /** Epoch milliseconds; now by default. */
  readonly to?: number | undefined
  readonly bucketMs: number
  readonly filter: Pick<EventFilter, 'appIds' | 'labels' | 'appPatterns'>
}

export interface AppStats extends AppOutcomes {
  /** How many sessions of it are not stopped now. */
  readonly live: number
}

export interface Stats {
  /** No further back than the event log goes. */
  readonly from: string
  readonly to: string
  readonly bucketMs: number
  /** The events after it are not counted. */
  readonly eventCursor: string
  /** Those that are not stopped, now. */
  readonly sessions: Readonly<Partial<Record<SessionState, number>>>
  readonly buckets: readonly Bucket[]
  readonly apps: readonly AppStats[]
}

const hourMs = 3_600_000

const maxBuckets = 3_600

/** How long an answer is given again, in milliseconds: as much longer than it took to make, within these bounds. */
const keptFor = { factor: 10, atLeastMs: 1_000, atMostMs: 30_000 }

const maxKept = 16

/** Counts sessions over ranges of time, from the log of events. */
export class StatsReporter {
  readonly #store: Store
  readonly #sessions: DurableSessions
  readonly #kept = new Map<string, { readonly stats: Promise<Stats>; until: number }>()
  /** One range is counted at a time, so that each turn of the event loop has one slice of the log. */
  #last: Promise<unknown> = Promise.resolve()

  constructor({ store, sessions }: { readonly store: Store; readonly sessions: DurableSessions }) {
    this.#store = store
    this.#sessions = sessions
  }

  /** An answer that is a few moments old is given again. @throws {InvalidRequest} for a range that has no sense */
  async report(query: StatsQuery): Promise<Stats> {
    requireRange(query)
    const name = JSON.stringify(query)
    const now = performance.now()
    const kept = this.#kept.get(name)
    if (kept && kept.until > now) return await kept.stats
    for (const [known, { until }] of this.#kept) if (until <= now) this.#kept.delete(known)
    const stats = this.#last.then(() => this.#count(query))
    this.#last = stats.catch(() => {})
    const entry = { stats, until: Number.POSITIVE_INFINITY }
    this.#keep(name, entry)
    return await stats.finally(() => {
      const end = performance.now()
      const { factor, atLeastMs, atMostMs } = keptFor
      entry.until = end + Math.min(atMostMs, Math.max(atLeastMs, factor * (end - now)))
    })
  }

  #keep(name: string, entry: { readonly stats: Promise<Stats>; until: number }): void {
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= maxKept && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(name, entry)
    entry.stats.catch(() => this.#kept.delete(name))
  }

  async #count({ filter, ...query }: StatsQuery): Promise<Stats> {
    const { epoch, head } = this.#store
    const live = this.#live(filter)
    const { known, ...range } = this.#rangeOf(query)
    const tally = new Tally(range)
    for (const appId of live.byApp.keys()) tally.include(appId)
    await this.#read(tally, { range, head, filter })
    const apps: AppStats[] = []
    for (const app of tally.apps()) {
      apps.push({ ...app, live: live.byApp.get(app.appId) ?? 0 })
      await nextTurn()
    }
    return {
      from: new Date(known).toISOString(),
      to: new Date(range.to).toISOString(),
      bucketMs: range.bucketMs,
      eventCursor: formatCursor(epoch, head),
      sessions: live.byState,
      buckets: tally.buckets,
      apps
    }
  }

  /** @throws {InvalidRequest} if it has too many buckets */
  #rangeOf({ from, to, bucketMs }: Omit<StatsQuery, 'filter'>): Range & { readonly known: number } {
    // The events of this millisecond are counted, too.
    const now = Date.now() + 1
    const end = Math.min(to ?? now, now)
    const begin = alignedTo(bucketMs, from ?? end - hourMs)
    const known = Math.min(end, Math.max(begin, this.#store.timedEvents.oldest ?? end))
    const range = { known, from: alignedTo(bucketMs, known), to: end, bucketMs }
    if (end - range.from <= maxBuckets * bucketMs) return range
    throw new InvalidRequest([{ pointer: '/query/bucketMs', detail: `gives more than ${maxBuckets} buckets` }])
  }

  async #read(
    tally: Tally,
    { range, head, filter }: { readonly range: Range; readonly head: number; readonly filter: EventFilter }
  ): Promise<void> {
    const test = sessionTest(filter)
    let after: Moment | undefined = { time: range.from - 1, seq: Number.MAX_SAFE_INTEGER }
    while (after) {
      const { events, next } = this.#store.timedEvents.slice({ after, to: range.to, head, filter })
      for (const event of events) if (test?.({ ...event, id: 0 }) ?? true) tally.add(event)
      after = next
      await nextTurn()
    }
  }

  #live(filter: EventFilter) {
    const test = sessionTest(filter)
    const byState: Partial<Record<SessionState, number>> = {}
    const byApp = new Map<string, number>()
    for (const session of this.#sessions.live) {
      if (test && !test(session)) continue
      byState[session.state] = (byState[session.state] ?? 0) + 1
      byApp.set(session.appId, (byApp.get(session.appId) ?? 0) + 1)
    }
    return { byState, byApp }
  }
}

const alignedTo = (bucketMs: number, time: number) => Math.floor(time / bucketMs) * bucketMs

function requireRange({ from, to }: StatsQuery): void {
  if (from !== undefined && to !== undefined && from >= to) {
    throw new InvalidRequest([{ pointer: '/query/to', detail: 'must be after from' }])
  }
}
