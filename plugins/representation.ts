import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
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

/** Shorter answers are not compressed. */
const minGzipBytes = 1_024

/**
 * Caching and compression. Answers are not stored unless the route lets them be revalidated; large ones are compressed.
 * Neither applies to streams.
 */
export default fp(
  async fastify => {
    fastify.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })
    fastify.addHook<unknown>('onSend', async (request, reply, payload) => {
      if (typeof payload !== 'string' || !isRead(request)) return payload
      const { revalidate, isStatic } = request.routeOptions.config
      const isSuccess = reply.statusCode === 200
      const answer = isStatic && isSuccess ? prepare(payload) : new Answer(payload)
      if (isSuccess && revalidate) {
        const { tag } = answer
        reply.headers({ etag: `W/${tag}`, 'cache-control': 'private, no-cache' })
        if (hasAlready(request, tag)) {
          reply.code(304).removeHeader('content-type')
          // Fastify does not send it in the answer to HEAD, but needs its length.
          return request.method === 'HEAD' ? payload : null
        }
      }
      return await pack(answer, request, reply)
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

const prepared = new Map<string, Answer>()

function prepare(text: string): Answer {
  const answer = prepared.get(text) ?? new Answer(text)
  prepared.set(text, answer)
  return answer
}

/** Tags are compared weakly: an answer is the same compressed or not. */
function hasAlready({ headers }: FastifyRequest, tag: string): boolean {
  const known = headers['if-none-match']
  return known !== undefined && (known.trim() === '*' || known.includes(tag))
}

async function pack(answer: Answer, request: FastifyRequest, reply: FastifyReply): Promise<string | Buffer> {
  const { text } = answer
  if (text.length < minGzipBytes || reply.hasHeader('content-encoding')) return text
  reply.header('vary', [reply.getHeader('vary') ?? [], 'accept-encoding'].flat().join(', '))
  if (request.accepts().encoding(['gzip', 'identity']) !== 'gzip') return text
  const packed = await answer.packed
  reply.header('content-encoding', 'gzip')
  return packed
}
