import { isDeepStrictEqual } from 'node:util'
import type { FactInput } from '../protocol/fact.ts'
import type { Health, Progress, Told } from '../session/update.ts'

export interface UpdatesOptions {
  /** Records a fact; returns its number. */
  readonly record: (key: string, input: FactInput) => number
  /** The least time between two facts of a session, in milliseconds. */
  readonly intervalMs?: number
}

/** What a session has told of its present run. */
interface Telling {
  /** The last that was told of each, recorded or not. */
  last: Told
  /** What waits to be recorded; the newest of each. */
  waiting: Told | undefined
  timer: NodeJS.Timeout | undefined
  /** The last fact, until a gateway has acknowledged it. */
  seq: number | undefined
}

/** The longest text that is passed on, in characters. */
const maxText = 500

/**
 * What sessions tell of their present run becomes facts: at most one a second for each, and one at a time that no gateway
 * has acknowledged, so that little is kept while none is there. The newest counts, and the last is never lost.
 */
export class Updates {
  readonly #record: UpdatesOptions['record']
  readonly #intervalMs: number
  readonly #sessions = new Map<string, Telling>()

  constructor({ record, intervalMs = 1_000 }: UpdatesOptions) {
    this.#record = record
    this.#intervalMs = intervalMs
  }

  /** Replaces the progress or the health of a session; a progress without members removes it. */
  tell(key: string, { progress, health }: Told): void {
    const told = { ...(progress && { progress: bounded(progress) }), ...(health && { health: cut(health) }) }
    const telling = this.#sessions.get(key) ?? { last: {}, waiting: undefined, timer: undefined, seq: undefined }
    const last = { ...telling.last, ...told }
    if (isDeepStrictEqual(last, telling.last)) return
    this.#sessions.set(key, telling)
    telling.last = last
    telling.waiting = { ...telling.waiting, ...told }
    this.#advance(key, telling)
  }

  /** A gateway has recorded all facts up to `seq`. */
  acknowledged(seq: number): void {
    for (const [key, telling] of this.#sessions) {
      if (telling.seq === undefined || telling.seq > seq) continue
      telling.seq = undefined
      this.#advance(key, telling)
    }
  }

  /** The run has ended: records what waits, and begins anew. */
  settle(key: string): void {
    const telling = this.#sessions.get(key)
    if (!telling) return
    clearTimeout(telling.timer)
    this.#sessions.delete(key)
    if (telling.waiting) this.#record(key, inputOf(telling.waiting))
  }

  #advance(key: string, telling: Telling): void {
    const { waiting, timer, seq } = telling
    if (!waiting || timer || seq !== undefined) return
    telling.waiting = undefined
    telling.seq = this.#record(key, inputOf(waiting))
    telling.timer = setTimeout(() => {
      telling.timer = undefined
      this.#advance(key, telling)
    }, this.#intervalMs)
  }
}

function inputOf(told: Told): FactInput {
  return { type: 'updated', time: Date.now(), ...told }
}

/** What apps say is not trusted: a gateway refuses a message with other values. */
function bounded({ percent, text }: Progress): Progress {
  return {
    ...(percent !== undefined && !Number.isNaN(percent) && { percent: Math.min(100, Math.max(0, percent)) }),
    ...(text !== undefined && { text: text.slice(0, maxText) })
  }
}

function cut({ message, ...health }: Health): Health {
  return { ...health, ...(message !== undefined && { message: message.slice(0, maxText) }) }
}
