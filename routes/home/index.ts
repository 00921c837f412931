import type { FastifyPluginAsync } from 'fastify'
import { NotAcceptable } from '../../src/gateway/errors.ts'
import { toJson } from '../../src/http/json.ts'
import { contentSecurityPolicy, html, index } from './page.ts'

/**
 * `/`: says what the gateway is and links to the API, as a page for browsers and as JSON for other clients. It needs no
 * token, and is not part of the contract.
 */
const home: FastifyPluginAsync = async fastify => {
  fastify.get('/', { config: { scope: 'none', revalidate: true }, schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'accept')
    switch (request.accepts().type(['application/json', 'text/html'])) {
      case 'text/html':
        return reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', contentSecurityPolicy)
          .send(html)
      case 'application/json':
        return reply.type('application/json; charset=utf-8').send(toJson(index))
      default:
        throw new NotAcceptable(['text/html', 'application/json'])
    }
  })
}

export default home
