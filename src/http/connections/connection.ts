import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { PacedQueue } from './paced-queue.ts'

/** How many requests may wait on a connection for the answers to those before them. */
export const maxPipelined = 32

/** How long a client can take to read the answer to what it sent wrong, and to send the rest of it, in milliseconds. */
const lingerMs = 1_000

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * A connection of a client, whose requests are served one after another. Node would start all that come in one packet,
 * thousands of them, and keep their answers until the client has read the first.
 */
export class Connection {
  readonly #socket: Socket
  readonly #queue: PacedQueue
  readonly #waiting: (() => void)[] = []
  #current: Exchange | undefined

  /** @param queue begins the requests that wait on any connection */
  constructor(socket: Socket, queue: PacedQueue) {
    this.#socket = socket
    this.#queue = queue
  }

  get address(): string | undefined {
    return this.#socket.remoteAddress
  }

  /** Is the next answer that of a request that has not come wholly? */
  get isReceiving(): boolean {
    if (!this.#current) return true
    const { request, response } = this.#current
    return !request.complete && !response.headersSent
  }

  /** Is a request not answered yet? */
  get isBusy(): boolean {
    return this.#current !== undefined
  }

  get isFull(): boolean {
    return this.#waiting.length >= maxPipelined
  }

  /** Calls `serve` once the requests before this one are answered. */
  serveInTurn(exchange: Exchange, serve: () => void): void {
    if (this.#current) this.#waiting.push(() => this.#begin(exchange, serve))
    else this.#begin(exchange, serve)
  }

  /**
   * Calls `stalled` if the client reads nothing of an answer for `timeoutMs` to twice as long, while there is something to
   * read. Node's timer of the socket begins anew with each progress; Node sets another one once the answer is sent.
   */
  awaitReader(response: ServerResponse, timeoutMs: number, stalled: () => void): void {
    this.#socket.setTimeout(timeoutMs)
    // With this listener Node leaves the connection open: a stream that has nothing to send is not stalled.
    response.on('timeout', () => {
      if (response.writableLength > 0) stalled()
    })
  }

  /** Answers what Node could not parse and closes, unless the client would take that for the answer to another request. */
  refuse(answer: string): void {
    const { writable, writableEnded } = this.#socket
    if (writable && this.isReceiving) {
      this.#socket.end(answer)
      // Node would wait without limit for the client to close its half.
      setTimeout(() => this.destroy(), lingerMs).unref()
    } else if (!writableEnded) this.destroy()
  }

  /**
   * Reads and discards the rest of a request that is answered before it has come, as one that is too large. To close at
   * once would reset the connection, and many clients report that instead of the answer.
   */
  awaitRest(request: IncomingMessage): void {
    const socket = this.#socket
    const closeAtOnce = socket.destroySoon
    // Node calls this when it has sent an answer with `Connection: close`.
    socket.destroySoon = () => {
      if (request.complete) return closeAtOnce.call(socket)
      socket.end()
      setTimeout(() => this.destroy(), lingerMs).unref()
    }
  }

  destroy(): void {
    this.#waiting.length = 0
    this.#socket.destroy()
  }

  #begin(exchange: Exchange, serve: () => void): void {
    this.#current = exchange
    exchange.response.on('close', this.#serveNext)
    serve()
  }

  /** Bound once, not for each request. */
  readonly #serveNext = (): void => {
    const next = this.#waiting.shift()
    if (!next) this.#current = undefined
    else {
      this.#socket.setTimeout(0)
      this.#queue.add(() => this.#socket.destroyed || next())
    }
  }
}
