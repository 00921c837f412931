import type { FastifyReply, FastifyRequest } from 'fastify'

/** Aborted when the client is gone, or when its token has been revoked: nobody gets what comes after that. */
export function clientGone({ principal }: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  const stopListening = principal.onRevoked(() => gone.abort())
  const leave = () => {
    stopListening()
    gone.abort()
  }
  // Where the connection broke while the request was being checked, no event tells of it any more.
  if (reply.raw.destroyed) leave()
  else reply.raw.once('close', leave)
  return gone.signal
}
