import fp from 'fastify-plugin'
import { Registry } from '../src/registry/registry.ts'
import { isStopped } from '../src/session/session.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The one place that knows every session. */
    readonly registry: Registry
  }
}

export default fp(
  async fastify => {
    const registry = new Registry(fastify.eventLog)
    registry.subscribe(({ type, sessionId, appId }, session) =>
      fastify.log.info({ reqId: fastify.requestId(), sessionId, appId, ...(isStopped(session) && session.stop) }, type)
    )
    fastify.decorate('registry', registry)
  },
  { name: 'registry', dependencies: ['event-log'] }
)
