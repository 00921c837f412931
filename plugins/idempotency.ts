import fp from 'fastify-plugin'
import { Idempotency } from '../src/gateway/launch/idempotency.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Launches with the same key are one launch. */
    readonly idempotency: Idempotency
  }
}

export default fp(
  async fastify => {
    fastify.decorate('idempotency', new Idempotency(fastify.eventLog.launchKeys))
  },
  { name: 'idempotency', dependencies: ['event-log'] }
)
