import type { RecordedEvent } from '../store/records.ts'
import type { EventTest } from './event-filter.ts'
import type { Encoder, Message } from './sink.ts'

interface Encoded {
  readonly parts: readonly Buffer[]
  readonly whole: Buffer
}

/** The events of one transaction, encoded once for all clients of a transport. */
export class Batch {
  readonly #events: RecordedEvent[] = []
  readonly #messages: Message[] = []
  readonly #encoded = new Map<Encoder, Encoded>()

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  get lastSeq(): number | undefined {
    return this.#events.at(-1)?.seq
  }

  add(event: RecordedEvent, message: Message): void {
    this.#events.push(event)
    this.#messages.push(message)
  }

  /** Encodes the events that pass the test, or all. No event can be added afterwards. */
  encode(encode: Encoder, test: EventTest | undefined): Buffer {
    const { parts, whole } = this.#encoded.get(encode) ?? this.#encodeAll(encode)
    return test ? Buffer.concat(parts.filter((_, index) => test(this.#events[index] as RecordedEvent))) : whole
  }

  #encodeAll(encode: Encoder): Encoded {
    const parts = this.#messages.map(encode)
    const encoded = { parts, whole: Buffer.concat(parts) }
    this.#encoded.set(encode, encoded)
    return encoded
  }
}
