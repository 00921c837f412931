import fp from 'fastify-plugin'
import type { Config } from '../src/config/load.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The configuration in force. */
    readonly config: Config
  }
}

export default fp<{ readonly config: Config }>(
  async (fastify, { config }) => {
    fastify.decorate('config', config)
  },
  { name: 'config' }
)
