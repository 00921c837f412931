import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { tokenOfHeader, tokensOfProtocols } from '../src/gateway/access/bearer-token.ts'
import { type Principal, unauthenticated } from '../src/gateway/access/principal.ts'
import { InvalidRequest } from '../src/gateway/errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends the request. */
    principal: Principal
    /** The token that was sent, valid or not. */
    token: string | undefined
  }
}

export default fp(
  async fastify => {
    const { access } = fastify.gateway
    fastify.decorateRequest('token', undefined)
    fastify.decorateRequest('principal')
    fastify.addHook('onRequest', (request, _reply, done) => {
      request.principal = unauthenticated
      if (access.requiresTokens) request.token = tokenOf(request)
      request.principal = access.authenticate(request.token)
      done()
    })
  },
  { name: 'authentication', dependencies: ['host-and-origin'] }
)

/** A token in the URL is ignored: URLs end up in logs and histories. */
function tokenOf({ headers, raw, ws }: FastifyRequest): string | undefined {
  const { authorization, 'sec-websocket-protocol': protocols = '' } = headers
  const tokens = [
    ...(authorization === undefined ? [] : [tokenOfHeader(authorization)]),
    ...(ws ? tokensOfProtocols(protocols) : [])
  ]
  // Node uses the first of two headers; a proxy in front may have used the second.
  if (tokens.length > 1 || countHeaders(raw.rawHeaders, 'authorization') > 1) {
    throw new InvalidRequest([{ pointer: '/headers/authorization', detail: 'must be given once, and in one way only' }])
  }
  return tokens[0]
}

/** @param rawHeaders alternating names and values; requests of injectWS have none */
function countHeaders(rawHeaders: readonly string[] | undefined, name: string): number {
  return (rawHeaders ?? []).filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
}
