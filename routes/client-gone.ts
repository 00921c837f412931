import type { FastifyReply, FastifyRequest } from 'fastify'

/** Aborted when the client has disconnected, or when its token has been revoked. */
export function clientGone({ principal }: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  const stopListening = principal.onRevoked(() => gone.abort())
  const leave = () => {
    stopListening()
    gone.abort()
  }
  // If the connection broke while the request was being checked, 'close' was emitted already.
  if (reply.raw.destroyed) leave()
  else reply.raw.once('close', leave)
  return gone.signal
}
