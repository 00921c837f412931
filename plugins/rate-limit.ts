import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { RateLimited } from '../src/gateway/errors.ts'

const timeWindow = 60_000

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts an invalid token. @throws {RateLimited} */
    countAuthFailure(request: FastifyRequest): Promise<void>
  }
}

/** Limits the requests of each client, refused ones included. */
export default fp(
  async fastify => {
    const { requestsPerMinute, authFailuresPerMinute } = fastify.gateway.config.limits
    await fastify.register(rateLimit, {
      global: false,
      max: requestsPerMinute,
      timeWindow,
      enableDraftSpec: true,
      keyGenerator: request => `${request.principal.name} ${addressOf(request)}`,
      errorResponseBuilder: (_request, { ttl }) => new RateLimited('requests', ttl)
    })
    if (requestsPerMinute > 0) fastify.addHook('onRequest', fastify.rateLimit())

    const count = fastify.createRateLimit({ max: authFailuresPerMinute, timeWindow, keyGenerator: addressOf })
    fastify.decorate('countAuthFailure', async request => {
      if (authFailuresPerMinute === 0) return
      const result = await count(request)
      if (result.isAllowed) return
      if (result.isExceeded) throw new RateLimited('tokens that are not valid', result.ttl)
      if (result.remaining === 0) request.log.warn({ address: request.ip }, 'tokens are being tried')
    })
  },
  { name: 'rate-limit', dependencies: ['authentication'] }
)

/** The address of the client; for IPv6 its /64, all of which one client can have. Empty for a Unix socket. */
function addressOf({ ip }: FastifyRequest): string {
  return ip === undefined ? '' : normalizeIP(ip, 64)
}
