import { maxWaitingBytes } from '../feed/slow-clients.ts'
import type { Log } from '../log.ts'
import type { Dispatcher } from './dispatcher.ts'
import { jsonOf, requestOfJson } from './json.ts'
import type { Request } from './messages.ts'

/** The WebSocket of a client. */
export interface Peer {
  send(text: string): void
  /** Bytes sent that the client has not read yet. */
  readonly waitingBytes: number
  close(code: number, reason: string): void
  /** Reads nothing from the client until it is resumed. */
  pause(): void
  resume(): void
}

/** Requests of a client that are not answered yet; beyond it nothing is read. */
const maxPending = 64

/** Of RFC 6455 (7.4.1) and its registry. */
const closings = {
  slow: { code: 1013, reason: 'connect again' },
  revoked: { code: 1008, reason: 'the token is not valid any more' },
  shutdown: { code: 1001, reason: 'the gateway is shutting down' }
} as const

/** A client on a WebSocket, which gets the replies to its requests and every broadcast. */
export class PushClient {
  readonly #peer: Peer
  readonly #dispatcher: Dispatcher
  readonly #log: Log
  readonly #requests: Request[] = []
  #pending = 0
  #isWorking = false
  /** Broadcasts that came while a request is carried out: the reply is sent first. */
  #held: string[] | undefined
  #heldBytes = 0
  #isClosed = false

  constructor(parts: { readonly peer: Peer; readonly dispatcher: Dispatcher; readonly log: Log }) {
    this.#peer = parts.peer
    this.#dispatcher = parts.dispatcher
    this.#log = parts.log
  }

  /** What is no request is passed over in silence, as by weft-appd. */
  received(text: string): void {
    const request = requestOfJson(text)
    if (!request) {
      this.#log.debug('a WEFT client sent what is no request')
      return
    }
    this.#requests.push(request)
    if (++this.#pending === maxPending) this.#peer.pause()
    if (!this.#isWorking) void this.#work()
  }

  push(text: string): void {
    if (this.#isClosed) return
    if (this.#held) {
      this.#held.push(text)
      this.#heldBytes += text.length
    } else this.#peer.send(text)
    if (this.#peer.waitingBytes + this.#heldBytes > maxWaitingBytes) this.close('slow')
  }

  close(why: keyof typeof closings): void {
    if (this.#isClosed) return
    this.closed()
    this.#peer.close(closings[why].code, closings[why].reason)
  }

  /** The connection is gone. */
  closed(): void {
    this.#isClosed = true
    this.#held = undefined
    this.#requests.length = 0
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    for (let request = this.#requests.shift(); request; request = this.#requests.shift()) {
      // A stop takes as long as the app does, and other requests do not wait for it.
      if (request.type === 'TERMINATE_APP') void this.#reply(request)
      else await this.#replyFirst(request)
    }
    this.#isWorking = false
  }

  /** Sends the reply before all broadcasts that the request causes. */
  async #replyFirst(request: Request): Promise<void> {
    this.#held = []
    await this.#reply(request, () => {
      const held = this.#held ?? []
      this.#held = undefined
      this.#heldBytes = 0
      return held
    })
  }

  async #reply(request: Request, release: () => readonly string[] = () => []): Promise<void> {
    const reply = await this.#dispatcher.answer(request)
    const held = release()
    if (--this.#pending === maxPending - 1) this.#peer.resume()
    for (const text of [jsonOf(reply), ...held]) this.push(text)
  }
}
