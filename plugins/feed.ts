import fp from 'fastify-plugin'
import { Feed } from '../src/gateway/feed/feed.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Brings events to clients. */
    readonly feed: Feed
  }
}

export default fp(
  async fastify => {
    const feed = new Feed(fastify.registry, fastify.eventLog)
    fastify.decorate('feed', feed)
    // After the launcher's hook: the clients have seen every session stopped.
    fastify.addHook('preClose', async () => feed.close())
  },
  { name: 'feed', dependencies: ['launcher'] }
)
