import type { Session } from '../../session/session.ts'
import type { Registry } from '../registry/registry.ts'
import type { EventFilter } from '../store/event-log.ts'
import { sessionTest } from './event-filter.ts'
import type { Encoder, Message } from './sink.ts'

/** Snapshots of one moment that are kept, each for another filter. */
const maxKept = 16

/** Makes the snapshot of a moment once, however many clients get it. */
export class Snapshots {
  readonly #registry: Registry
  /** A session that changes is another object. */
  readonly #sessions = new WeakMap<Session, string>()
  readonly #encoded = new Map<Encoder, Map<string, Buffer>>()
  #revision = -1

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** As of now; `cursor` is that of the newest event. */
  encode(filter: EventFilter, cursor: string, encode: Encoder): Buffer {
    if (this.#registry.revision !== this.#revision) this.#encoded.clear()
    this.#revision = this.#registry.revision
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
    const { live } = this.#registry
    const sessions = (test ? live.filter(test) : live).map(session => this.#json(session)).join(',')
    const time = new Date().toISOString()
    return {
      type: 'Snapshot',
      cursor,
      json: `{"type":"Snapshot","cursor":"${cursor}","time":"${time}","sessions":[${sessions}]}`
    }
  }

  #json(session: Session): string {
    const json = this.#sessions.get(session) ?? JSON.stringify(session)
    this.#sessions.set(session, json)
    return json
  }
}

/** The same for filters that let the same sessions through. */
function nameOf({ sessionIds, appIds, labels, appPatterns }: EventFilter): string {
  return JSON.stringify([sessionIds, appIds, labels, appPatterns])
}
