import type { FastifyReply, FastifyRequest } from 'fastify'

/** Aborted when the client is gone, or when its token has been revoked: what comes after that is for nobody. */
export function departure({ principal }: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  const stay = principal.onRevoked(() => gone.abort())
  reply.raw.once('close', () => {
    stay()
    gone.abort()
  })
  return gone.signal
}
