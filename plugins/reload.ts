import fp from 'fastify-plugin'
import { InvalidConfig } from '../src/config/faults.ts'
import type { Config } from '../src/config/load.ts'
import { settingsForRestart } from '../src/config/restart.ts'
import { exposureFaults } from '../src/config/validate.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Takes the tokens and the catalogue of another configuration. A bad one is logged, and changes nothing. */
    reload(load: () => Config): void
  }
}

export default fp(
  async fastify => {
    const { config, catalogue, access, log } = fastify
    fastify.decorate('reload', load => {
      try {
        const next = load()
        // The address is that of the start, whatever the file says now.
        const faults = exposureFaults(config.server, next.tokens)
        if (faults.length > 0) throw new InvalidConfig(next.file, faults)
        catalogue.reload(next)
        access.reload(next.tokens)
        log.info({ apps: Object.keys(next.apps).length, tokens: next.tokens.length }, 'configuration reloaded')
        const settings = settingsForRestart(config, next)
        if (settings.length > 0) log.warn({ settings }, 'these settings count after a restart')
      } catch (error) {
        if (!(error instanceof InvalidConfig)) throw error
        log.error({ faults: error.faults }, `configuration not reloaded: ${error.message}`)
      }
    })
  },
  { name: 'reload', dependencies: ['access', 'launcher'] }
)
