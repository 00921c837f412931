import type { FastifyPluginAsync } from 'fastify'
import { NotAcceptable } from '../../src/gateway/errors.ts'
import { toJson } from '../../src/http/json.ts'
import { contentSecurityPolicy, index, page } from './page.ts'
import { forHolders, whatRuns } from './what-runs.ts'

/**
 * `/`: says what the gateway is and what runs, and links to the API, as a page for browsers; as JSON for other clients, which
 * has the links only. It needs no token, but what runs is for those who may read it. It is not part of the contract.
 */
const home: FastifyPluginAsync = async fastify => {
  fastify.get('/', { config: { scope: 'none', revalidate: true }, schema: { hide: true } }, async (request, reply) => {
    reply.header('vary', 'accept')
    switch (request.accepts().type(['application/json', 'text/html'])) {
      case 'text/html':
        return reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', contentSecurityPolicy)
          .send(
            page({
              whatRuns: request.principal.may('read') ? whatRuns(request.view.live) : forHolders,
              host: /^[\w.:[\]-]+$/.test(request.host) ? request.host : 'localhost:7410',
              appId: request.view.apps.at(0)?.id
            })
          )
      case 'application/json':
        return reply.type('application/json; charset=utf-8').send(toJson(index))
      default:
        throw new NotAcceptable(['text/html', 'application/json'])
    }
  })
}

export default home
