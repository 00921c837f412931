import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { type ErrorCode, errorCodes } from '../../src/gateway/errors.ts'
import {
  type AnswerExample,
  answerExamples,
  type ExampleName,
  type RequestExample,
  requestExamples
} from './example-names.ts'
import { normalise } from './normalise.ts'

/** Where in the document an example belongs; problems are wherever their code is. */
export interface Place {
  readonly method: string
  readonly path: string
  readonly status: number | 'request'
  readonly mediaType: string
}

export interface Recorded {
  readonly place?: Place
  readonly value: unknown
}

interface Answer {
  readonly method?: string | undefined
  readonly url: string
  readonly status: number
  readonly contentType: unknown
  readonly body: string
}

/** Records answers of gateways, by the names of the examples. */
export class Recorder {
  readonly #recorded = new Map<ExampleName, Recorded>()

  /** The answer to `request` as an example; `excerpt` shortens what is too long to show. */
  async answer(
    fastify: FastifyInstance,
    name: AnswerExample,
    request: InjectOptions & { readonly url: string },
    excerpt: (body: string) => string = body => body
  ): Promise<LightMyRequestResponse> {
    const response = await fastify.inject(request)
    const { statusCode: status, headers, body } = response
    if (status >= 300) throw new Error(`${name}: ${status} ${body}`)
    this.stream(fastify, name, { ...request, status, contentType: headers['content-type'], body: excerpt(body) })
    return response
  }

  /** Records what a stream has sent so far, or any other answer, as an example. */
  stream(fastify: FastifyInstance, name: AnswerExample, answer: Answer): void {
    const { method = 'GET', url, status, contentType, body } = answer
    const mediaType = mediaTypeOf(contentType)
    const path = pathname(url)
    this.#keep(name, { place: { method, path, status, mediaType }, value: this.#valueOf(fastify, mediaType, body) })
  }

  /** The body of a launch as an example. */
  request(name: RequestExample, value: object): void {
    const place = { method: 'POST', path: '/sessions', status: 'request', mediaType: 'application/json' } as const
    this.#keep(name, { place, value })
  }

  /** @throws if the answer is not the problem with this code */
  async problem(fastify: FastifyInstance, code: ErrorCode, request: InjectOptions): Promise<void> {
    const { body, headers } = await fastify.inject(request)
    const value = this.#valueOf(fastify, mediaTypeOf(headers['content-type']), body) as { readonly code?: string }
    if (value.code !== code) throw new Error(`instead of ${code} there was ${body}`)
    this.#keep(code, { value })
  }

  /** @throws if an example has not been recorded */
  get recorded(): ReadonlyMap<ExampleName, Recorded> {
    const names = [...Object.keys(requestExamples), ...Object.keys(answerExamples), ...errorCodes] as ExampleName[]
    const missing = names.filter(name => !this.#recorded.has(name))
    if (missing.length > 0) throw new Error(`not recorded: ${missing.join(', ')}`)
    return new Map(names.map(name => [name, this.#recorded.get(name) as Recorded]))
  }

  #valueOf({ gateway }: FastifyInstance, mediaType: string, body: string): unknown {
    const text = normalise(body, gateway.store.epoch)
    return /[/+]json$/.test(mediaType) ? JSON.parse(text) : text
  }

  #keep(name: ExampleName, recorded: Recorded): void {
    if (this.#recorded.has(name)) throw new Error(`${name} is recorded twice`)
    this.#recorded.set(name, recorded)
  }
}

function mediaTypeOf(contentType: unknown): string {
  return String(contentType).split(';')[0] ?? ''
}

function pathname(url: string): string {
  return new URL(url, 'http://gateway').pathname
}
