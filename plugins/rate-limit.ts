import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { RateLimited } from '../src/gateway/errors.ts'
import { type RequestCount, RequestRate } from '../src/http/request-rate.ts'

const windowMs = 60_000

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts an invalid token. @throws {RateLimited} */
    countAuthFailure(request: FastifyRequest): void
  }
}

/** Limits the requests of each client, refused ones included. Makes no promises: it is on the path of every request. */
export default fp(
  async fastify => {
    const { requestsPerMinute, authFailuresPerMinute } = fastify.gateway.config.limits
    const requests = new RequestRate(requestsPerMinute, windowMs)
    const failures = new RequestRate(authFailuresPerMinute, windowMs)

    if (requestsPerMinute > 0) {
      fastify.addHook('onRequest', (request, reply, done) => {
        const count = requests.count(`${request.principal.name} ${addressOf(request)}`)
        tellCount(reply, requestsPerMinute, count)
        if (count.isExceeded) throw new RateLimited('requests', count.resetMs)
        done()
      })
    }

    fastify.decorate('countAuthFailure', request => {
      if (authFailuresPerMinute === 0) return
      const { isExceeded, remaining, resetMs } = failures.count(addressOf(request))
      if (isExceeded) throw new RateLimited('tokens that are not valid', resetMs)
      if (remaining === 0) request.log.warn({ address: request.ip }, 'tokens are being tried')
    })
  },
  { name: 'rate-limit', dependencies: ['authentication'] }
)

/** The headers of draft-ietf-httpapi-ratelimit-headers-05. */
function tellCount(reply: FastifyReply, max: number, { remaining, resetMs }: RequestCount): void {
  reply.header('ratelimit-limit', max)
  reply.header('ratelimit-remaining', remaining)
  reply.header('ratelimit-reset', Math.ceil(resetMs / 1_000))
}

const addresses = new WeakMap<object, string>()

/**
 * The address of the client; for IPv6 its /64, all of which one client can have. Empty for a Unix socket. It takes some time
 * to make, so it is made once for each connection.
 */
function addressOf({ raw: { socket } }: FastifyRequest): string {
  // Requests of injectWS have no socket.
  const known = socket && addresses.get(socket)
  if (known !== undefined) return known
  const ip = socket?.remoteAddress
  if (ip === undefined) return ''
  const address = normalizeIP(ip, 64)
  addresses.set(socket, address)
  return address
}
