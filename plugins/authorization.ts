import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Scope } from '../src/config/scopes.ts'
import { type Principal, unauthenticated } from '../src/gateway/access/principal.ts'
import { View } from '../src/gateway/access/view.ts'
import { Forbidden, InsufficientScope, Unauthorized } from '../src/gateway/errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that a token needs here; `read` if the route sets none, `none` if no token is needed. */
    readonly scope?: Scope | 'none'
    /** The answer covers all apps, so it needs a token that sees all apps. */
    readonly ofAllApps?: boolean
  }
  interface FastifyRequest {
    /** The apps, sessions, logs and events that the principal may see; routes have no other way to them. */
    readonly view: View
  }
}

/** Refuses what the principal may not do, and offers what it may see as `request.view`. */
export default fp(
  async fastify => {
    fastify.decorateRequest('view', {
      getter(this: FastifyRequest) {
        return new View(fastify.gateway, this.principal)
      }
    })

    fastify.addHook('onRequest', (request, _reply, done) => {
      const { scope = 'read', ofAllApps = false } = request.routeConfig
      if (scope === 'none') return done()
      if (request.principal === unauthenticated) return refuse(request)
      // A path that does not exist needs no scope.
      if (!request.is404) requireRights(request.principal, scope, ofAllApps)
      done()
    })
  },
  { name: 'authorization', dependencies: ['rate-limit'] }
)

/** @throws {InsufficientScope | Forbidden} */
function requireRights(principal: Principal, scope: Scope, ofAllApps: boolean): void {
  if (!principal.may(scope)) throw new InsufficientScope(scope)
  if (ofAllApps && principal.apps)
    throw new Forbidden('This answer covers all apps, and this token does not see all apps.')
}

/** @throws {Unauthorized | RateLimited} */
function refuse(request: FastifyRequest): never {
  const hasToken = request.token !== undefined
  if (hasToken) request.server.countAuthFailure(request)
  throw new Unauthorized({ hasToken })
}
