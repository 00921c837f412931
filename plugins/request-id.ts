import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { RequestLog } from '../src/http/request-log.ts'
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
    const current = new AsyncLocalStorage<FastifyRequest>()
    const traceOf = ({ headers }: Pick<FastifyRequest, 'headers'>): Pick<RequestTrace, 'traceId'> => {
      const traceId = traceIdOf(headers.traceparent) ?? fastify.tracedBy()
      return traceId ? { traceId } : {}
    }
    fastify.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      current.run(request, done)
    })
    fastify.decorate('requestTrace', () => {
      const request = current.getStore()
      return request && { reqId: request.id, ...traceOf(request) }
    })
    fastify.setChildLoggerFactory((logger, bindings, options, request) => {
      return new RequestLog(logger, () => ({ ...bindings, ...traceOf(request) }), options)
    })
  },
  { name: 'request-id', dependencies: ['tracing'] }
)
