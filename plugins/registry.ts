import fp from 'fastify-plugin'
import { Registry } from '../src/registry/registry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The one place that knows every session. */
    readonly registry: Registry
  }
}

export default fp(
  async fastify => {
    const registry = new Registry(fastify.eventLog)
    registry.subscribe(({ type, sessionId, appId }) => fastify.log.info({ sessionId, appId }, type))
    fastify.decorate('registry', registry)
  },
  { name: 'registry', dependencies: ['event-log'] }
)
