import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Scope } from '../src/config/scopes.ts'
import { nobody } from '../src/gateway/access/principal.ts'
import { View } from '../src/gateway/access/view.ts'
import { Forbidden, InsufficientScope, Unauthorized } from '../src/gateway/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must be for to get here; `read` where a route does not say, `none` where anybody may. */
    readonly scope?: Scope | 'none'
    /** Tells of all apps, so that only tokens that see them all get here. */
    readonly ofAllApps?: boolean
  }
  interface FastifyRequest {
    /** The apps, sessions, logs and events that the principal may see; routes have no other way to them. */
    readonly view: View
  }
}

/** Lets in who may. */
export default fp(
  async fastify => {
    fastify.decorateRequest('view', {
      getter(this: FastifyRequest) {
        return new View(fastify.gateway, this.principal)
      }
    })

    fastify.addHook('onRequest', async request => {
      const { principal, is404, routeOptions } = request
      const { scope = 'read', ofAllApps = false } = routeOptions.config ?? {}
      if (scope === 'none') return
      if (principal === nobody) await refuse(request)
      // What is not there needs no scope.
      if (is404) return
      if (!principal.may(scope)) throw new InsufficientScope(scope)
      if (ofAllApps && principal.apps)
        throw new Forbidden('This tells of all apps, and this token does not see them all.')
    })
  },
  { name: 'authorization', dependencies: ['rate-limit'] }
)

/** @throws {Unauthorized | RateLimited} */
async function refuse(request: FastifyRequest): Promise<never> {
  const hasToken = request.token !== undefined
  if (hasToken) await request.server.countAuthFailure(request)
  throw new Unauthorized({ hasToken })
}
