import fp from 'fastify-plugin'
import { Registry } from '../src/gateway/registry/registry.ts'
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
    /** What a session does by itself belongs to the trace that launched it. */
    const launchedBy = new Map<number, { readonly traceId: string }>()
    registry.subscribe(({ type, sessionId, appId }, session) => {
      const { traceId, ...request } = fastify.requestTrace() ?? {}
      if (type === 'Launched' && traceId) launchedBy.set(sessionId, { traceId })
      const trace = traceId ? { traceId } : launchedBy.get(sessionId)
      if (isStopped(session)) launchedBy.delete(sessionId)
      fastify.log.info({ ...request, ...trace, sessionId, appId, ...(isStopped(session) && session.stop) }, type)
    })
    fastify.decorate('registry', registry)
  },
  { name: 'registry', dependencies: ['event-log', 'request-id'] }
)
