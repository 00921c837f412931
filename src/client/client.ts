import type { components, operations } from './contract.ts'
import { type EventsOptions, followEvents, GapError } from './events.ts'
import { followLogs, type LogLine, type LogsOptions, readLogs } from './logs.ts'
import { GatewayProblem, type Problem } from './problem.ts'
import { type CallOptions, type ClientOptions, Transport } from './transport.ts'

type Schemas = components['schemas']
type Query<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>

export type Session = Schemas['Session']
export type SessionPage = Schemas['SessionPage']
export type LaunchRequest = Schemas['LaunchRequest']
export type Event = Schemas['Event']
export type EventPage = Schemas['EventPage']
export type LogLinePage = Schemas['LogLinePage']
export type App = Schemas['App']
export {
  type ClientOptions,
  type EventsOptions,
  GapError,
  GatewayProblem,
  type LogLine,
  type LogsOptions,
  type Problem
}

export interface WaitOption {
  /** Seconds to wait until the session is running (of a launch) or stopped (of a stop), at most 120; not at all by default. */
  readonly wait?: number | undefined
}

export interface LaunchOptions extends CallOptions, WaitOption {
  /** The same key with the same request launches once, however often it is sent. */
  readonly idempotencyKey?: string | undefined
}

export interface StopOptions extends CallOptions, WaitOption {
  /** SIGKILL at once, without grace. */
  readonly force?: boolean | undefined
}

export interface WaitOptions extends Query<'waitForSession'>, CallOptions {
  /** The former name of `until`. */
  readonly for?: Schemas['WaitTarget'] | undefined
}

/** Calls a gateway. Every method rejects with a {@link GatewayProblem} if the gateway answers with an error. */
export class GatewayClient {
  readonly #transport: Transport

  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options)
  }

  /** With `wait`, resolves when the session is running, or after that time with the session as it is; rejects with `launch-failed` if it ended. */
  async launch(request: LaunchRequest, { wait, idempotencyKey, signal }: LaunchOptions = {}): Promise<Session> {
    const headers = { prefer: preferring(wait), 'idempotency-key': idempotencyKey }
    return await this.#transport.json('/sessions', { method: 'POST', body: request, headers, signal })
  }

  /** One page. `events` from its `eventCursor` has every later change. */
  async list({ signal, ...query }: Query<'listSessions'> & CallOptions = {}): Promise<SessionPage> {
    return await this.#transport.json('/sessions', { query, signal })
  }

  /** All sessions, page after page. */
  async *sessions(options: Query<'listSessions'> & CallOptions = {}): AsyncGenerator<Session, void, void> {
    for (let cursor = options.cursor; ; ) {
      const { items, nextCursor } = await this.list({ ...options, ...(cursor && { cursor }) })
      yield* items
      if (!nextCursor) return
      cursor = nextCursor
    }
  }

  async get(id: number, { signal }: CallOptions = {}): Promise<Session> {
    return await this.#transport.json(`/sessions/${id}`, { signal })
  }

  /** Resolves when the session is ready or stopped, or after `timeoutMs`, with the session as it is. */
  async wait(id: number, { signal, ...query }: WaitOptions = {}): Promise<Session> {
    return await this.#transport.json(`/sessions/${id}/wait`, { query, signal })
  }

  async stop(id: number, { wait, signal, ...query }: StopOptions = {}): Promise<Session> {
    const headers = { prefer: preferring(wait) }
    return await this.#transport.json(`/sessions/${id}`, { method: 'DELETE', query, headers, signal })
  }

  async logs(id: number, options: LogsOptions = {}): Promise<LogLine[]> {
    return await readLogs(this.#transport, id, options)
  }

  /** One page of the lines written so far: the newest, or those before or after a `seq`. */
  async logLines(id: number, { signal, ...query }: Query<'listLogLines'> & CallOptions = {}): Promise<LogLinePage> {
    return await this.#transport.json(`/sessions/${id}/log-lines`, { query, signal })
  }

  followLogs(id: number, options: LogsOptions = {}): AsyncGenerator<LogLine, void, void> {
    return followLogs(this.#transport, id, options)
  }

  /** Follows the events until the loop over them ends; see docs/client.md. */
  events(options: EventsOptions = {}): AsyncGenerator<Event, void, void> {
    return followEvents(this.#transport, options)
  }

  /** One page of past events, oldest first. */
  async history({ signal, ...query }: Query<'listEvents'> & CallOptions = {}): Promise<EventPage> {
    return await this.#transport.json('/events/history', { query, signal })
  }

  async apps({ signal }: CallOptions = {}): Promise<App[]> {
    const { items } = await this.#transport.json<Schemas['AppList']>('/apps', { signal })
    return items
  }

  async app(id: string, { signal }: CallOptions = {}): Promise<App> {
    return await this.#transport.json(`/apps/${encodeURIComponent(id)}`, { signal })
  }

  /** Resolves if the gateway serves requests. */
  async live({ signal }: CallOptions = {}): Promise<void> {
    await this.#transport.json('/livez', { signal })
  }

  /** Resolves if the gateway can launch. */
  async ready({ signal }: CallOptions = {}): Promise<void> {
    await this.#transport.json('/readyz', { signal })
  }

  /** In the text format of Prometheus. */
  async metrics({ signal }: CallOptions = {}): Promise<string> {
    return await this.#transport.text('/metrics', { signal })
  }

  /** What an error code means, for people. */
  async explain(code: Problem['code'], { signal }: CallOptions = {}): Promise<string> {
    return await this.#transport.text(`/problems/${code}`, { signal })
  }

  async openapi({ signal }: CallOptions = {}): Promise<Record<string, unknown>> {
    return await this.#transport.json('/openapi.json', { signal })
  }

  async openapiYaml({ signal }: CallOptions = {}): Promise<string> {
    return await this.#transport.text('/openapi.yaml', { signal })
  }

  async asyncapiYaml({ signal }: CallOptions = {}): Promise<string> {
    return await this.#transport.text('/asyncapi.yaml', { signal })
  }
}

function preferring(wait: number | undefined): string | undefined {
  return wait === undefined ? undefined : `wait=${wait}`
}
