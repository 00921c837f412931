import { problemOf } from './problem.ts'

export interface ClientOptions {
  /** Where the gateway is; `http://127.0.0.1:7410` by default. */
  readonly baseUrl?: string | undefined
  /** Sent as `Authorization: Bearer`; a function is called before each request. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined
}

export interface Call extends CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly query?: object | undefined
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: object
}

/** Sends requests to one gateway. */
export class Transport {
  readonly #baseUrl: string
  readonly #token: ClientOptions['token']
  readonly #fetch: typeof globalThis.fetch

  constructor({ baseUrl = 'http://127.0.0.1:7410', token, fetch }: ClientOptions) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '')
    this.#token = token
    // Browsers require that fetch is called on the global object.
    this.#fetch = fetch ?? ((input, init) => globalThis.fetch(input, init))
  }

  /** @throws {GatewayProblem} for an error answer */
  async send(path: string, { method = 'GET', query, headers = {}, body, signal }: Call = {}): Promise<Response> {
    const token = typeof this.#token === 'function' ? await this.#token() : this.#token
    const all = {
      ...headers,
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      'content-type': body && 'application/json'
    }
    const response = await this.#fetch(`${this.#baseUrl}${path}${queryText(query)}`, {
      method,
      headers: Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined),
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal })
    })
    if (!response.ok) throw await problemOf(response)
    return response
  }

  async json<T>(path: string, call?: Call): Promise<T> {
    const response = await this.send(path, { ...call, headers: { accept: 'application/json', ...call?.headers } })
    return (await response.json()) as T
  }

  async text(path: string, call?: Call): Promise<string> {
    return await (await this.send(path, call)).text()
  }
}

/** A member that is an array becomes a parameter for each item. */
function queryText(query: object = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? []].flat().map(item => [name, String(item)] as [string, string])
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
