import { type Answer, mapped } from './answer.ts'
import type { components } from './contract.ts'
import { filterQuery, type SessionFilter } from './filters.ts'
import type { ErrorCode } from './names.ts'
import { type CallOptions, checked } from './options.ts'
import { readText } from './read-answer.ts'
import type { Transport } from './transport.ts'

/** An entry of the catalogue. */
export type App = components['schemas']['App']

/** What happened to sessions in a range of time, and how many there are. */
export type Stats = components['schemas']['Stats']

export interface StatsOptions extends CallOptions, SessionFilter {
  /** From this time on (RFC 3339); an hour before `to` by default. */
  readonly from?: string | undefined
  /** Before this time (RFC 3339); now by default. */
  readonly to?: string | undefined
  /** The length of a bucket: a minute by default. */
  readonly bucketMs?: number | undefined
}

const statsNames = ['from', 'to', 'bucketMs', 'appIds', 'labels']

const yaml = 'application/yaml'

/** The calls about the gateway itself: what it can launch, how it is, and what its contract says. */
export class AboutGateway {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  apps(options: CallOptions = {}): Answer<App[]> {
    const catalogue = this.#transport.json<{ items: App[] }>('/apps', () => checked(options))
    return mapped(catalogue, ({ items }) => items)
  }

  app(id: string, options: CallOptions = {}): Answer<App> {
    return this.#transport.json(`/apps/${encodeURIComponent(id)}`, () => checked(options))
  }

  /** The name, the scopes and the apps of the token. */
  me(options: CallOptions = {}): Answer<components['schemas']['Me']> {
    return this.#transport.json('/me', () => checked(options))
  }

  /** How the gateway is. */
  gateway(options: CallOptions = {}): Answer<components['schemas']['Gateway']> {
    return this.#transport.json('/gateway', () => checked(options))
  }

  /** What happened to sessions, by default in the last hour, by minute. `events` from its `eventCursor` has what came after. */
  stats(options: StatsOptions = {}): Answer<Stats> {
    return this.#transport.json('/stats', () => {
      const { from, to, bucketMs, appIds, labels, ...call } = checked(options, statsNames)
      return { ...call, query: { from, to, bucketMs, ...filterQuery({ appIds, labels }) } }
    })
  }

  /** Resolves if the gateway serves requests. Without retries. */
  live(options: CallOptions = {}): Answer<void> {
    return this.#health('/livez', options)
  }

  /** Resolves if the gateway can launch; else rejects with the problem. Without retries. */
  ready(options: CallOptions = {}): Answer<void> {
    return this.#health('/readyz', options)
  }

  /** In the text format of Prometheus. */
  metrics(options: CallOptions = {}): Answer<string> {
    return this.#text('/metrics', 'text/plain', options)
  }

  /** What an error code means, for people. */
  explain(code: ErrorCode, options: CallOptions = {}): Answer<string> {
    return this.#text(`/problems/${encodeURIComponent(code)}`, 'text/plain', options)
  }

  openapi(options: CallOptions = {}): Answer<Record<string, unknown>> {
    return this.#transport.json('/openapi.json', () => checked(options))
  }

  openapiYaml(options: CallOptions = {}): Answer<string> {
    return this.#text('/openapi.yaml', yaml, options)
  }

  asyncapiYaml(options: CallOptions = {}): Answer<string> {
    return this.#text('/asyncapi.yaml', yaml, options)
  }

  #health(path: string, options: CallOptions): Answer<void> {
    return mapped(
      this.#transport.json(path, () => ({ maxRetries: 0, ...checked(options) })),
      () => {}
    )
  }

  #text(path: string, accept: string, options: CallOptions): Answer<string> {
    return this.#transport.call(path, () => ({ accept, ...checked(options) }), readText(accept))
  }
}
