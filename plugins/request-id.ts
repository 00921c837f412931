import { AsyncLocalStorage } from 'node:async_hooks'
import fp from 'fastify-plugin'
import { type RequestTrace, traceIdOf } from '../src/http/request-trace.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The trace of the request that is being served, for log lines of parts that do not get the request. */
    requestTrace(): RequestTrace | undefined
  }
}

/** Names each request in its answer and in the log, with the trace it is part of. */
export default fp(
  async fastify => {
    const current = new AsyncLocalStorage<RequestTrace>()
    fastify.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      const traceId = traceIdOf(request.headers.traceparent)
      current.run({ reqId: request.id, ...(traceId && { traceId }) }, done)
    })
    fastify.decorate('requestTrace', () => current.getStore())
    fastify.setChildLoggerFactory((logger, bindings, options, { headers }) => {
      const traceId = traceIdOf(headers.traceparent)
      return logger.child(traceId ? { ...bindings, traceId } : bindings, options)
    })
  },
  { name: 'request-id' }
)
