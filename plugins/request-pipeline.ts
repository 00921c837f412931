import accepts from '@fastify/accepts'
import fp from 'fastify-plugin'
import authentication from './authentication.ts'
import authorization from './authorization.ts'
import hostAndOrigin from './host-and-origin.ts'
import negotiation from './negotiation.ts'
import rateLimit from './rate-limit.ts'
import representation from './representation.ts'
import validation from './validation.ts'

/** For everything that is no page. A page sets a `Content-Security-Policy` of its own. */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff'
}

/**
 * What each request passes before its route is called, from top to bottom. Whatever refuses it throws, and the
 * problem-details plugin answers. Two plugins come before, since the gateway itself needs the second:
 *
 * 1. connections: the requests of a connection wait for their turn. A connection beyond a limit is closed, unanswered.
 * 2. request-id: the id and the trace, which every line of the log and every answer have from here on.
 */
export default fp(
  async fastify => {
    // 3. Headers of every answer, errors included: browsers are careful with logs and labels, which strangers wrote.
    fastify.addHook('onRequest', async (_request, reply) => {
      reply.headers(securityHeaders)
    })
    // On the way out: ETag, 304 and gzip.
    await fastify.register(accepts)
    await fastify.register(representation)
    // 4. Is it meant for this gateway, and does it come from a page that may use it? Costs nothing, needs no secret.
    //    A preflight of an allowed page is answered here.
    await fastify.register(hostAndOrigin)
    // 5. Who sends it: `request.principal`. Nothing is refused yet but a request with two tokens.
    await fastify.register(authentication)
    // 6. How often. Before the refusal of wrong tokens, so that guessing them is limited, too.
    await fastify.register(rateLimit)
    // 7. May the principal do this? 401 or 403. From here on `request.view` has what it may see.
    await fastify.register(authorization)
    // 8. Does the client accept the form in which the answer comes?
    await fastify.register(negotiation)
    // 9. Fastify reads the body; then path, query, headers and body are checked against the route's schema.
    await fastify.register(validation)
    // 10. The route. `/events` first counts the streams of the principal, before a WebSocket is one.
  },
  { name: 'request-pipeline', dependencies: ['connections', 'request-id', 'gateway', 'websocket'] }
)
