import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import {
  type AnswerExample,
  type ExampleName,
  type ProblemExample,
  type RequestExample,
  summaries
} from './example-names.ts'
import { normalise } from './normalise.ts'

/** Where in the document an example belongs. */
export interface Place {
  readonly method: string
  readonly path: string
  readonly status: number | 'request'
  readonly mediaType: string
}

export interface Recorded {
  readonly place: Place
  readonly value: unknown
}

interface Exchange {
  readonly request: InjectOptions & { readonly url: string }
  readonly response: LightMyRequestResponse
}

/** Records answers of gateways, by the names of the examples. */
export class Recorder {
  readonly #recorded = new Map<ExampleName, Recorded>()

  /** The answer to `request` as an example. */
  async answer(
    fastify: FastifyInstance,
    name: AnswerExample,
    request: InjectOptions & { readonly url: string }
  ): Promise<LightMyRequestResponse> {
    const response = await fastify.inject(request)
    if (response.statusCode >= 300) throw new Error(`${name}: ${response.statusCode} ${response.body}`)
    this.#record(fastify, name, { request, response })
    return response
  }

  /** The body of a launch as an example. */
  request(name: RequestExample, value: object): void {
    const place = { method: 'POST', path: '/sessions', status: 'request', mediaType: 'application/json' } as const
    this.#keep(name, { place, value })
  }

  /** @throws if the answer is not the problem with this code */
  async problem(
    fastify: FastifyInstance,
    code: ProblemExample,
    request: InjectOptions & { readonly url: string }
  ): Promise<void> {
    const response = await fastify.inject(request)
    if (response.json().code !== code) throw new Error(`instead of ${code} there was ${response.body}`)
    this.#record(fastify, code, { request, response })
  }

  /** @throws if an example has not been recorded */
  get recorded(): ReadonlyMap<ExampleName, Recorded> {
    const names = Object.keys(summaries) as ExampleName[]
    const missing = names.filter(name => !this.#recorded.has(name))
    if (missing.length > 0) throw new Error(`not recorded: ${missing.join(', ')}`)
    return new Map(names.map(name => [name, this.#recorded.get(name) as Recorded]))
  }

  #record({ gateway }: FastifyInstance, name: ExampleName, { request, response }: Exchange): void {
    const { method = 'GET', url } = request
    const mediaType = String(response.headers['content-type']).split(';')[0] ?? ''
    const place = { method, path: new URL(url, 'http://gateway').pathname, status: response.statusCode, mediaType }
    const text = normalise(response.body, gateway.store.epoch)
    this.#keep(name, { place, value: JSON.parse(text) })
  }

  #keep(name: ExampleName, recorded: Recorded): void {
    if (this.#recorded.has(name)) throw new Error(`${name} is recorded twice`)
    this.#recorded.set(name, recorded)
  }
}
