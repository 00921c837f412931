import { type Answer, mapped } from './answer.ts'
import type { components } from './contract.ts'
import type { ErrorCode } from './names.ts'
import { type CallOptions, checked } from './options.ts'
import { readText } from './read-answer.ts'
import type { Transport } from './transport.ts'

/** An entry of the catalogue. */
export type App = components['schemas']['App']

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
