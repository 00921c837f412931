import { AsyncLocalStorage } from 'node:async_hooks'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** The id of the request that is being served, for log lines of parts that know no requests. */
    requestId(): string | undefined
  }
}

export default fp(
  async fastify => {
    const current = new AsyncLocalStorage<string>()
    fastify.addHook('onRequest', (request, _reply, done) => current.run(request.id, done))
    fastify.decorate('requestId', () => current.getStore())
  },
  { name: 'request-id' }
)
