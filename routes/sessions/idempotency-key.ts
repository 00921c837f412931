import type { FastifyReply, FastifyRequest, onSendAsyncHookHandler } from 'fastify'
import type { Attempt, LaunchRequest } from '../../src/gateway/access/view.ts'
import { idempotencyKeyPattern } from '../../src/http/patterns.ts'

/** The schema of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). */
export const idempotencyKeyHeader = {
  'idempotency-key': {
    type: 'string',
    pattern: idempotencyKeyPattern,
    examples: ['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
    description:
      'For 24 hours in which a gateway runs, requests with the same key and the same body are one launch and get the same answer. 1 to 255 visible ASCII characters, as they are or as a quoted string (RFC 9651).'
  }
} as const

/** Statuses of answers about a session. All others are refusals: nothing was launched, and a retry can succeed. */
const finalStatuses = new Set([201, 502])

/** The headers that are stored with an answer. */
const keptHeaders = ['content-type', 'location', 'preference-applied']

type LaunchCall = FastifyRequest<{ Body: LaunchRequest }>

const attempts = new WeakMap<object, Attempt>()

/** Undefined if the client sent no key. */
export function attemptOf(request: LaunchCall, reply: FastifyReply): Attempt | undefined {
  const key = keyOf(request)
  if (key === undefined) return undefined
  const attempt = request.view.attempt(key, request.body)
  attempts.set(request, attempt)
  reply.raw.once('close', () => void attempt.settle())
  if (attempt.answer || attempt.sessionId !== undefined) reply.header('idempotent-replayed', 'true')
  return attempt
}

/** The answer that was given before. */
export function repeat(reply: FastifyReply, { status, headers, body }: NonNullable<Attempt['answer']>): FastifyReply {
  return reply.code(status).headers(headers).send(body)
}

/** Stores an answer before it is sent, unless the client has disconnected. */
export const keepAnswer: onSendAsyncHookHandler = async (request, reply, payload) => {
  const isFinal = finalStatuses.has(reply.statusCode) && typeof payload === 'string' && !reply.raw.destroyed
  await attempts
    .get(request)
    ?.settle(isFinal ? { status: reply.statusCode, headers: kept(reply), body: payload } : undefined)
  return payload
}

function kept(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    keptHeaders.flatMap(name => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)]]
    })
  )
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const header = headers['idempotency-key']
  if (header === undefined) return undefined
  const [, quoted] = /^"(.*)"$/.exec(String(header)) ?? []
  return quoted?.replace(/\\(.)/g, '$1') ?? String(header)
}
