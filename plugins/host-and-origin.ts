import cors from '@fastify/cors'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isLoopback } from '../src/config/loopback.ts'
import { Forbidden, HostNotAllowed } from '../src/gateway/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Origins that the WebSocket of this route is open to, besides those that all routes are. */
    readonly webSocketOrigins?: readonly string[]
  }
}

/** Headers of answers that pages of allowed origins can read. */
const exposedHeaders = [
  ...['ETag', 'Link', 'Location', 'Retry-After', 'X-Request-Id'],
  ...['Preference-Applied', 'Idempotent-Replayed'],
  ...['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']
]

/**
 * Refuses requests of hostile web pages. The Host must be the gateway's own or allowed: else DNS rebinding would give any
 * page the gateway's own origin. The Origin must be the gateway's own or allowed, also for a WebSocket and over a Unix
 * socket, which a proxy can make public.
 */
export default fp(
  async fastify => {
    const { host, allowedHosts, allowedOrigins } = fastify.gateway.config.server
    const hosts = new Set(['localhost', '127.0.0.1', host, ...allowedHosts].map(name => name.toLowerCase()))

    const isServed = (hostname: string) => hosts.has(hostname) || isLoopback(unbracket(hostname))

    fastify.addHook('onRequest', (request, _reply, done) => {
      const isOurHost = isServed((request.hostname ?? '').toLowerCase())
      if (!isOurHost && !isUnixSocket(request)) throw new HostNotAllowed(request.host)
      const { origin } = request.headers
      const isAllowed = origin === undefined || allowedOrigins.includes(origin)
      if (isAllowed || (isOurHost && isSameOrigin(origin, request))) return done()
      if (request.ws && request.routeConfig.webSocketOrigins?.includes(origin)) return done()
      throw new Forbidden(`Pages of ${origin.slice(0, 200)} may not use this gateway; see server.allowedOrigins.`)
    })

    // Answers do not depend on the origin, and OPTIONS is left to the routes.
    if (allowedOrigins.length === 0) return
    // After the hook above, which also checks preflights.
    await fastify.register(cors, {
      origin: (origin, allow) => allow(null, origin !== undefined && allowedOrigins.includes(origin)),
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
      exposedHeaders,
      strictPreflight: false
    })
  },
  { name: 'host-and-origin', dependencies: ['gateway'] }
)

/** DNS rebinding can't reach a Unix socket, and proxies in front of one send any Host. */
function isUnixSocket({ server, raw }: FastifyRequest): boolean {
  // Requests of injectWS have no socket.
  return raw.socket?.remoteAddress === undefined && typeof server.server.address() === 'string'
}

function isSameOrigin(origin: string, request: FastifyRequest): boolean {
  return origin === `${request.protocol}://${request.host}`
}

function unbracket(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}
