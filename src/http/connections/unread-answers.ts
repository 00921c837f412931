import type { Connection } from './connection.ts'

/** Bytes of ready answers, over all connections, that clients have not read. Beyond it the oldest are dropped. */
export const maxUnreadBytes = 268_435_456

/** The ready answers that are not sent yet, in the order in which they became ready. */
export class UnreadAnswers {
  readonly #bytes = new Map<Connection, number>()
  readonly #giveUp: (connection: Connection) => void
  #total = 0

  constructor(giveUp: (connection: Connection) => void) {
    this.#giveUp = giveUp
  }

  add(connection: Connection, bytes: number): void {
    this.delete(connection)
    this.#bytes.set(connection, bytes)
    this.#total += bytes
    for (const oldest of this.#bytes.keys()) {
      if (this.#total <= maxUnreadBytes) return
      this.delete(oldest)
      this.#giveUp(oldest)
    }
  }

  delete(connection: Connection): void {
    this.#total -= this.#bytes.get(connection) ?? 0
    this.#bytes.delete(connection)
  }
}
