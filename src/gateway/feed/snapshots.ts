import { sessionJson } from '../../session/session-json.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'
import type { EventFilter } from '../store/records.ts'
import { sessionTest } from './event-filter.ts'
import type { Encoder, Message } from './sink.ts'

/** How many snapshots of the present moment are cached, one for each filter. */
const maxKept = 16

/** Encodes the snapshot of a moment once for all clients. */
export class Snapshots {
  readonly #known: DurableSessions
  readonly #encoded = new Map<Encoder, Map<string, Buffer>>()
  #revision = -1

  constructor(sessions: DurableSessions) {
    this.#known = sessions
  }

  /** As of now; `cursor` is that of the newest event. */
  encode(filter: EventFilter, cursor: string, encode: Encoder): Buffer {
    if (this.#known.revision !== this.#revision) this.#encoded.clear()
    this.#revision = this.#known.revision
    const kept = this.#encoded.get(encode) ?? new Map<string, Buffer>()
    this.#encoded.set(encode, kept)
    const name = nameOf(filter)
    const known = kept.get(name)
    if (known) return known
    const bytes = encode(this.#make(filter, cursor))
    if (kept.size < maxKept) kept.set(name, bytes)
    return bytes
  }

  #make(filter: EventFilter, cursor: string): Message {
    const test = sessionTest(filter)
    const { live } = this.#known
    const sessions = (test ? live.filter(test) : live).map(sessionJson).join(',')
    const time = new Date().toISOString()
    return {
      type: 'Snapshot',
      cursor,
      json: `{"type":"Snapshot","cursor":"${cursor}","time":"${time}","sessions":[${sessions}]}`
    }
  }
}

/** The key of a filter: equal for filters that let the same sessions pass. */
function nameOf({ sessionIds, appIds, labels, appPatterns }: EventFilter): string {
  return JSON.stringify([sessionIds, appIds, labels, appPatterns])
}
