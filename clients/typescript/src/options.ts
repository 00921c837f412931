/** What every call takes. */
export interface CallOptions {
  /** Ends the call, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
  /** How long the whole answer to one attempt can take, in milliseconds, besides what the call asks the gateway to wait. */
  readonly timeoutMs?: number | undefined
  /** How often the call is tried again after a failure that can pass. */
  readonly maxRetries?: number | undefined
  /** Sent with the request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export type WebSocketClass = new (url: string, protocols: string[]) => WebSocket

export interface ClientOptions extends Omit<CallOptions, 'signal'> {
  /** Where the gateway is; `http://127.0.0.1:7410` by default. */
  readonly baseUrl?: string | undefined
  /** The Unix socket on which the gateway listens; for Node 20.16 and newer. */
  readonly socketPath?: string | undefined
  /** Sent as `Authorization: Bearer`; a function is called before each request. */
  readonly token?: string | (() => string | Promise<string>) | undefined
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Instead of the global `WebSocket`, which Node has since version 22. */
  readonly WebSocket?: WebSocketClass | undefined
}

export interface WaitOption {
  /** How long the gateway is to wait for the result before it answers, in milliseconds, at most 120000; not at all by default. */
  readonly waitMs?: number | undefined
}

export const clientOptions = ['baseUrl', 'socketPath', 'token', 'fetch', 'WebSocket'] as const

/** The longest wait that the gateway accepts, in milliseconds. */
export const maxWaitMs = 120_000

/** Timers take no more; about 24 days. */
const maxTimerMs = 2_000_000_000

/** Options that are arrays: a string in their place would be taken for one value, or for many. */
const lists: readonly string[] = ['states', 'reasons', 'appIds', 'types', 'sessionIds']

const callOptions: readonly string[] = ['signal', 'timeoutMs', 'maxRetries', 'headers']

/**
 * Checks the options of a call. A misspelt one would be ignored: a list would have no filter, a launch would not wait.
 * @throws {TypeError} for an option that is none of a call and none of `own`, or a filter of another type
 * @throws {RangeError} for a number that is no whole one or out of range
 */
export function checked<Options extends object>(options: Options, own: readonly string[] = []): Options {
  for (const [name, value] of Object.entries(options)) {
    if (!own.includes(name) && !callOptions.includes(name)) throw new TypeError(`there is no option ${name}`)
    if (value !== undefined && /Ms$|^maxRetries$/.test(name)) checkNumber(name, value)
    if (value !== undefined && lists.includes(name) && !Array.isArray(value)) {
      throw new TypeError(`${name} must be an array`)
    }
    if (value !== undefined && name === 'labels' && !isRecord(value)) throw new TypeError('labels must be an object')
  }
  return options
}

/** The path of a session. @throws {TypeError} for what can't be its id, and could lead to another path */
export function sessionPath(id: number, below = ''): string {
  if (Number.isSafeInteger(id) && id > 0) return `/sessions/${id}${below}`
  throw new TypeError(`${String(id)} is not the id of a session`)
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkNumber(name: string, value: unknown): void {
  const max = name === 'waitMs' ? maxWaitMs : maxTimerMs
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max) return
  throw new RangeError(`${name} must be a whole number from 0 to ${max}, and is ${String(value)}`)
}
