import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Connection } from './connection.ts'
import { PacedQueue } from './paced-queue.ts'
import { UnreadAnswers } from './unread-answers.ts'

/** 0 means no limit. */
export interface ConnectionLimits {
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  /** How long a client can read nothing of an answer, in milliseconds. */
  readonly stallTimeoutMs: number
}

export const closeReasons = ['maxConnections', 'maxConnectionsPerAddress', 'pipelining', 'unread', 'stalled'] as const

/** The limit because of which the gateway closed a connection. */
export type CloseReason = (typeof closeReasons)[number]

/** Called for each connection that is closed because of a limit. */
export type OnLimit = (reason: CloseReason, address: string | undefined) => void

/** The open connections, and the limits on their number and resources. */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #onLimit: OnLimit
  readonly #open = new Map<Socket, Connection>()
  readonly #countByAddress = new Map<string, number>()
  readonly #queue = new PacedQueue()
  readonly #unread = new UnreadAnswers(connection => this.close(connection, 'unread'))

  constructor(limits: ConnectionLimits, onLimit: OnLimit) {
    this.#limits = limits
    this.#onLimit = onLimit
  }

  get count(): number {
    return this.#open.size
  }

  /** Connections on which a request has not come, or not wholly. */
  get receiving(): Connection[] {
    return [...this.#open.values()].filter(({ isReceiving }) => isReceiving)
  }

  /** Undefined for a socket that is not a client's connection, as with an injected request. */
  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket)
  }

  /** Accepts a new connection or closes it; without an address it only counts towards the total. */
  admit(socket: Socket, address?: string): Connection | undefined {
    const connection = new Connection(socket, this.#queue)
    const limit = this.#limitReached(address)
    if (limit) return void this.close(connection, limit)
    this.#open.set(socket, connection)
    this.#count(address, 1)
    socket.once('close', () => {
      this.#open.delete(socket)
      this.#count(address, -1)
      this.#unread.delete(connection)
    })
    return connection
  }

  /** An answer begins to be sent. Closes the connection if its client does not read. */
  answer(connection: Connection, response: ServerResponse): void {
    connection.awaitReader(response, this.#limits.stallTimeoutMs, () => this.close(connection, 'stalled'))
  }

  /** The whole answer, of so many bytes, is in memory until the client has read it. */
  keepUntilRead(connection: Connection, response: ServerResponse, bytes: number): void {
    this.#unread.add(connection, bytes)
    response.once('close', () => this.#unread.delete(connection))
  }

  close(connection: Connection, reason: CloseReason): void {
    this.#onLimit(reason, connection.address)
    connection.destroy()
  }

  #limitReached(address: string | undefined): CloseReason | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits
    if (isReached(maxConnections, this.#open.size)) return 'maxConnections'
    if (address === undefined) return undefined
    const isTooMany = isReached(maxConnectionsPerAddress, this.#countByAddress.get(address) ?? 0)
    return isTooMany ? 'maxConnectionsPerAddress' : undefined
  }

  #count(address: string | undefined, change: 1 | -1): void {
    if (address === undefined) return
    const count = (this.#countByAddress.get(address) ?? 0) + change
    if (count === 0) this.#countByAddress.delete(address)
    else this.#countByAddress.set(address, count)
  }
}

function isReached(limit: number, count: number): boolean {
  return limit > 0 && count >= limit
}
