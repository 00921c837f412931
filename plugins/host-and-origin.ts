import cors from '@fastify/cors'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isLoopback } from '../src/config/loopback.ts'
import { Forbidden, HostNotAllowed } from '../src/gateway/errors.ts'

/** What pages of allowed origins may read of an answer beside its content. */
const exposedHeaders = [
  ...['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id'],
  ...['Preference-Applied', 'Idempotent-Replayed'],
  ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']
]

/**
 * Refuses what hostile web pages send: the Host must be ours, or DNS rebinding would make any page our own origin, and
 * the Origin must be ours or allowed, also of a WebSocket and over a Unix socket, which a proxy may make public.
 */
export default fp(
  async fastify => {
    const { host, allowedHosts, allowedOrigins } = fastify.gateway.config.server
    const hosts = new Set([host, ...allowedHosts].map(name => name.toLowerCase()))

    const isOurs = (hostname: string) => isLoopback(unbracket(hostname)) || hosts.has(hostname)

    fastify.addHook('onRequest', async request => {
      const isOurHost = isOurs((request.hostname ?? '').toLowerCase())
      if (!isOurHost && !isUnixSocket(request)) throw new HostNotAllowed(request.host)
      const { origin } = request.headers
      if (origin === undefined || allowedOrigins.includes(origin)) return
      if (isOurHost && isSameOrigin(origin, request)) return
      throw new Forbidden(`Pages of ${origin.slice(0, 200)} may not use this gateway; see server.allowedOrigins.`)
    })

    // After the hook above, which preflights have to pass, too. Without allowed origins it leaves OPTIONS to the routes.
    await fastify.register(cors, {
      origin: (origin, allow) => allow(null, origin !== undefined && allowedOrigins.includes(origin)),
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      exposedHeaders,
      strictPreflight: false
    })
  },
  { name: 'host-and-origin', dependencies: ['gateway'] }
)

/** A name that is rebound leads to no Unix socket, and proxies in front of one send whatever Host they like. */
function isUnixSocket({ server, raw }: FastifyRequest): boolean {
  // The requests that injectWS makes have no socket.
  return raw.socket?.remoteAddress === undefined && typeof server.server.address() === 'string'
}

function isSameOrigin(origin: string, request: FastifyRequest): boolean {
  return origin === `${request.protocol}://${request.host}`
}

function unbracket(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}
