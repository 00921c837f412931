import { ConnectionError, GatewayError, TimeoutError } from './errors.ts'
import type { CallOptions, ClientOptions } from './options.ts'
import { errorOf } from './read-answer.ts'
import { type TimeLimit, timeLimit } from './time-limit.ts'
import { fetchOver } from './unix-socket.ts'

export interface Request extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | undefined
  readonly query?: object | undefined
  readonly accept?: string | undefined
  readonly body?: object | undefined
  readonly idempotencyKey?: string | undefined
  /** How long the gateway may wait before it answers, in milliseconds. */
  readonly waitMs?: number | undefined
}

/** Takes what it wants out of a response, until the limit has passed. */
export type Receive<Result> = (response: Response, limit: TimeLimit) => Promise<Result>

const usualTimeoutMs = 30_000

/** Sends single requests. */
export class Exchange {
  readonly baseUrl: string
  readonly #options: ClientOptions
  readonly #fetch: typeof globalThis.fetch

  /** @throws {TypeError} if there is no Unix socket here, or `fetch` is given besides */
  constructor(options: ClientOptions) {
    const { baseUrl, socketPath, fetch } = options
    if (socketPath !== undefined && fetch) throw new TypeError('socketPath and fetch can’t both be given')
    this.baseUrl = (baseUrl ?? (socketPath ? 'http://localhost' : 'http://127.0.0.1:7410')).replace(/\/+$/, '')
    this.#options = options
    // Browsers require that fetch is called on the global object.
    const usual: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)
    this.#fetch = fetch ?? (socketPath === undefined ? usual : fetchOver(socketPath))
  }

  async token(): Promise<string | undefined> {
    const { token } = this.#options
    return typeof token === 'function' ? await token() : token
  }

  /** Rejects with a {@link GatewayError}, with the reason of the signal, or with what the function `token` throws. */
  async send<Result>(path: string, request: Request, receive: Receive<Result>): Promise<Result> {
    const { signal, waitMs = 0, timeoutMs = this.#options.timeoutMs ?? usualTimeoutMs } = request
    const headers = await this.#headers(request)
    signal?.throwIfAborted()
    const limit = timeLimit(timeoutMs + waitMs, signal)
    try {
      const response = await this.#fetch(`${this.baseUrl}${path}${queryText(request.query)}`, {
        method: request.method ?? 'GET',
        headers,
        signal: limit.signal,
        ...(request.body && { body: JSON.stringify(request.body) })
      })
      if (!response.ok) throw await errorOf(response)
      return await receive(response, limit)
    } catch (error) {
      limit.release()
      signal?.throwIfAborted()
      if (limit.isPast) throw new TimeoutError('the gateway did not answer', timeoutMs + waitMs)
      throw error instanceof GatewayError ? error : connectionError(this.baseUrl, error)
    }
  }

  async #headers({ accept, body, idempotencyKey, headers }: Request): Promise<Headers> {
    const token = await this.token()
    const all = new Headers({ ...this.#options.headers, ...headers })
    const own = {
      accept,
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      'content-type': body && 'application/json',
      'idempotency-key': idempotencyKey
    }
    for (const [name, value] of Object.entries(own)) if (value !== undefined) all.set(name, value)
    return all
  }
}

/** What broke is in `cause` of the error of Node's `fetch`, and nowhere in a browser's. */
export function connectionError(url: string, error: unknown): ConnectionError {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string }
  const reason = cause?.message || cause?.code || message || String(error)
  return new ConnectionError(`no connection to ${url}: ${reason}`, { cause: error })
}

/** A member that is an array becomes a parameter for each item. */
export function queryText(query: object = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map(item => [name, String(item)] as [string, string])
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
