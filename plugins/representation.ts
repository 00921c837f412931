import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Clients may store the answer and revalidate it with its `ETag`. */
    readonly revalidate?: boolean
    /** The answer is the same as long as the process runs: its tag and its compressed form are made once. */
    readonly isStatic?: boolean
  }
}

const gzip = promisify(zlib.gzip)

/** How many answers are remembered, none longer than this, for their tags and compressed forms. */
const maxKept = 128
const maxKeptLength = 32_768

/** Shorter answers are not compressed. */
const minGzipBytes = 1_024

const ofErrors: FastifyContextConfig = {}

/**
 * Caching and compression. Answers are not stored unless the route lets them be revalidated; large ones are compressed.
 * Neither applies to streams.
 */
export default fp(
  async fastify => {
    fastify.addHook<unknown>('onSend', (request, reply, payload, done) => {
      if (typeof payload !== 'string' || !isRead(request)) return done(null, payload)
      // The router's errors come before the hook that sets the settings of the route.
      const { revalidate, isStatic } = reply.statusCode === 200 ? request.routeConfig : ofErrors
      const answer = reply.statusCode === 200 ? answers.of(payload, isStatic) : new Answer(payload)
      if (revalidate) {
        const { tag } = answer
        reply.header('etag', `W/${tag}`).header('cache-control', 'private, no-cache')
        if (hasAlready(request, tag)) {
          reply.code(304).removeHeader('content-type')
          // Fastify does not send it in the answer to HEAD, but needs its length.
          return done(null, request.method === 'HEAD' ? payload : null)
        }
      }
      if (isPacked(answer, request, reply)) sendPacked(answer, reply, done)
      else done(null, payload)
    })
  },
  { name: 'representation', dependencies: ['@fastify/accepts'] }
)

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** A text and what is made of it, at most once. */
class Answer {
  readonly text: string
  #tag: string | undefined
  #packed: Promise<Buffer> | undefined

  constructor(text: string) {
    this.text = text
  }

  get tag(): string {
    this.#tag ??= `"${hash('sha1', this.text, 'base64url')}"`
    return this.#tag
  }

  get packed(): Promise<Buffer> {
    this.#packed ??= gzip(this.text)
    return this.#packed
  }
}

/** Answers by their texts: many clients ask for the same, and again and again. */
class Answers {
  readonly #static = new Map<string, Answer>()
  readonly #recent = new Map<string, Answer>()

  of(text: string, isStatic = false): Answer {
    const known = isStatic ? this.#static : this.#recent
    const answer = known.get(text) ?? new Answer(text)
    if (isStatic || text.length <= maxKeptLength) known.set(text, answer)
    if (this.#recent.size > maxKept) this.#recent.clear()
    return answer
  }
}

const answers = new Answers()

/** Tags are compared weakly: an answer is the same compressed or not. */
function hasAlready({ headers }: FastifyRequest, tag: string): boolean {
  const known = headers['if-none-match']
  return known !== undefined && (known.trim() === '*' || known.includes(tag))
}

/** Is the answer to be compressed? Adds what that depends on to `Vary`. */
function isPacked({ text }: Answer, request: FastifyRequest, reply: FastifyReply): boolean {
  if (text.length < minGzipBytes || reply.hasHeader('content-encoding')) return false
  reply.header('vary', [reply.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', '))
  if (request.headers['accept-encoding'] === undefined) return false
  return request.accepts().encoding(['gzip', 'identity']) === 'gzip'
}

function sendPacked(answer: Answer, reply: FastifyReply, done: (error: Error | null, payload?: Buffer) => void): void {
  answer.packed.then(packed => {
    reply.header('content-encoding', 'gzip')
    done(null, packed)
  }, done)
}
