import fp from 'fastify-plugin'
import { Feed } from '../src/registry/feed.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Brings events to clients. */
    readonly feed: Feed
  }
}

export default fp(
  async fastify => {
    fastify.decorate('feed', new Feed(fastify.registry, fastify.eventLog))
  },
  { name: 'feed', dependencies: ['registry'] }
)
