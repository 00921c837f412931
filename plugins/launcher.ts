import fp from 'fastify-plugin'
import { Catalogue } from '../src/gateway/launch/catalogue.ts'
import { Launcher } from '../src/gateway/launch/launcher.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The apps that can be launched. */
    readonly catalogue: Catalogue
    /** Admits launches, and ends them all at the end. */
    readonly launcher: Launcher
  }
}

export default fp(
  async fastify => {
    const { config, registry, supervisor } = fastify
    const catalogue = new Catalogue(config)
    const launcher = new Launcher({
      catalogue,
      registry,
      supervisor,
      limits: config.limits,
      onStop: config.server.onStop
    })
    fastify.decorate('catalogue', catalogue)
    fastify.decorate('launcher', launcher)
    // Runs while everything still works: clients see the last events, then the websocket plugin says goodbye.
    fastify.addHook('preClose', async () => {
      await launcher.end()
      registry.close()
    })
  },
  { name: 'launcher', dependencies: ['supervisor'] }
)
