import { type Answer, answer } from './answer.ts'
import { delayMs, pause } from './backoff.ts'
import { GatewayProblem, isPassing } from './errors.ts'
import { Exchange, type Request } from './exchange.ts'
import { type ClientOptions, checked, clientOptions, type WebSocketClass } from './options.ts'
import { type Reader, readJson, requestIdOf } from './read-answer.ts'

const retryBackoff = { firstDelayMs: 500, maxDelayMs: 8_000 }

/** If the gateway asks for a longer pause there is no retry, in milliseconds. */
const longestPauseMs = 60_000

/** A function of it can throw what the call then rejects with. */
type Path = string | (() => string)

/** Makes calls of one gateway, and tries them again where that can help. */
export class Transport {
  readonly exchange: Exchange
  readonly #maxRetries: number
  readonly #WebSocket: WebSocketClass | undefined

  /** @throws {TypeError | RangeError} for options that can't be */
  constructor(options: ClientOptions) {
    this.exchange = new Exchange(checked(options, clientOptions))
    this.#maxRetries = options.maxRetries ?? 2
    this.#WebSocket = options.socketPath === undefined ? (options.WebSocket ?? globalThis.WebSocket) : undefined
  }

  /** @throws {TypeError} where there is none */
  get WebSocket(): WebSocketClass {
    if (this.#WebSocket) return this.#WebSocket
    throw new TypeError('there is no WebSocket here, or none for a Unix socket')
  }

  json<Result>(path: Path, toRequest: () => Request): Answer<Result> {
    return this.call(path, () => ({ accept: 'application/json', ...toRequest() }), readJson<Result>)
  }

  /**
   * Sends a request until there is a result, a failure that does not pass, or no retry left. What `path`
   * and `toRequest` throw rejects, too: no method that answers with a promise throws at once.
   */
  call<Result>(path: Path, toRequest: () => Request, read: Reader<Result>): Answer<Result> {
    return answer(async () => {
      const request = toRequest()
      const target = typeof path === 'string' ? path : path()
      const { maxRetries = this.#maxRetries, signal } = request
      for (let retry = 0; ; retry++) {
        try {
          return await this.#attempt(target, request, read)
        } catch (error) {
          const pauseMs = Math.max(delayMs(retryBackoff, retry), retryAfterMs(error))
          if (retry >= maxRetries || !isPassing(error) || pauseMs > longestPauseMs) throw error
          await pause(pauseMs, signal)
        }
      }
    })
  }

  /** Opens a stream, without retries. `timeoutMs` counts until it begins. */
  async open(path: string, request: Request): Promise<Response> {
    return await this.exchange.send(path, request, async (response, limit) => {
      limit.lift()
      return response
    })
  }

  async #attempt<Result>(path: string, request: Request, read: Reader<Result>) {
    return await this.exchange.send(path, request, async (response, limit) => {
      const data = await read(response)
      limit.release()
      return { data, response, requestId: requestIdOf(response) }
    })
  }
}

/** The pause that the gateway asks for, in milliseconds. */
export function retryAfterMs(error: unknown): number {
  return error instanceof GatewayProblem ? (error.retryAfterMs ?? 0) : 0
}
