import accepts from '@fastify/accepts'
import type { FastifyContextConfig } from 'fastify'
import fp from 'fastify-plugin'
import authentication from './authentication.ts'
import authorization from './authorization.ts'
import hostAndOrigin from './host-and-origin.ts'
import negotiation from './negotiation.ts'
import rateLimit from './rate-limit.ts'
import representation from './representation.ts'
import upgrades from './upgrades.ts'
import validation from './validation.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The settings of the route. Read once: `routeOptions` makes a new object each time. */
    routeConfig: FastifyContextConfig
  }
}

/** Headers of answers; pages replace the `Content-Security-Policy` with their own, and `revalidate` the `Cache-Control`. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/**
 * The checks of each request before its route is called, in order. A check that refuses the request throws, and the
 * problem-details plugin answers. Checks that wait for nothing call `done`: a promise for each would cost as much as they do.
 * Two plugins come before these:
 *
 * 1. connections: serves the requests of a connection one at a time, and closes connections beyond a limit.
 * 2. request-id: the id and the trace of the request, for its log lines and its answer.
 */
export default fp(
  async fastify => {
    const withoutRoute: FastifyContextConfig = {}
    fastify.decorateRequest('routeConfig')
    // 3. Headers of every answer, errors included: browsers must not run or frame logs and labels, which others write.
    fastify.addHook('onRequest', (request, reply, done) => {
      request.routeConfig = request.routeOptions.config ?? withoutRoute
      reply.headers(headers)
      done()
    })
    // For the answer: ETag, 304 and gzip.
    await fastify.register(accepts)
    await fastify.register(representation)
    // 4. Is the request for this gateway, and not from a foreign web page? First of the checks, since it is cheap.
    //    A preflight of an allowed page is answered here.
    await fastify.register(hostAndOrigin)
    // 5. Authentication: sets `request.principal`. Refuses only a request with two tokens.
    await fastify.register(authentication)
    // 6. Rate limit. Before the refusal of invalid tokens, so that guessing them is limited, too.
    await fastify.register(rateLimit)
    // 7. Authorization: 401 or 403. Sets `request.view`, which has only what the principal can see.
    await fastify.register(authorization)
    // 8. Does the client accept a media type of the answer?
    await fastify.register(negotiation)
    // Does the path have a WebSocket, if the client asks for one?
    await fastify.register(upgrades)
    // 9. Fastify reads the body; then path, query, headers and body are checked against the route's schema.
    await fastify.register(validation)
    // 10. The route. `/events` checks the number of streams of the principal before it upgrades to a WebSocket.
  },
  { name: 'request-pipeline', dependencies: ['connections', 'request-id', 'gateway', 'websocket'] }
)
