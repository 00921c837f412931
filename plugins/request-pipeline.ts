import accepts from '@fastify/accepts'
import fp from 'fastify-plugin'
import authentication from './authentication.ts'
import authorization from './authorization.ts'
import hostAndOrigin from './host-and-origin.ts'
import negotiation from './negotiation.ts'
import rateLimit from './rate-limit.ts'
import representation from './representation.ts'
import securityHeaders from './security-headers.ts'
import validation from './validation.ts'

/**
 * What each request passes, from top to bottom, before its route is called. Whatever refuses it throws, and the
 * problem-details plugin answers. Before all of this it has waited for its turn (connections) and got its id (request-id).
 */
export default fp(
  async fastify => {
    // 1. Headers of every answer, errors included.
    await fastify.register(securityHeaders)
    // On the way out: ETag, 304 and gzip.
    await fastify.register(accepts)
    await fastify.register(representation)
    // 2. Is it meant for this gateway, and does it come from a page that may use it? Costs nothing, needs no secret.
    await fastify.register(hostAndOrigin)
    // 3. Who asks. Nothing is refused yet but a request with two tokens.
    await fastify.register(authentication)
    // 4. How often. Before the refusal of bad tokens, so that guessing them is bounded, too.
    await fastify.register(rateLimit)
    // 5. May they do this? From here on `request.view` has what they may see.
    await fastify.register(authorization)
    // 6. Per route: does the client take the form in which the answer comes?
    await fastify.register(negotiation)
    // 7. Fastify reads the body; then path, query, headers and body are checked against the route's schema.
    await fastify.register(validation)
  },
  { name: 'request-pipeline', dependencies: ['gateway', 'websocket'] }
)
