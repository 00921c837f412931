import fp from 'fastify-plugin'
import { Retention } from '../src/gateway/retention/retention.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Forgets what is too old or too much. */
    readonly retention: Retention
  }
}

const everyMs = 60_000

export default fp(
  async fastify => {
    const { eventLog, stateFolder, config, log } = fastify
    const retention = new Retention({ eventLog, logsFolder: stateFolder.logs, bounds: config.retention })
    fastify.decorate('retention', retention)
    let round: Promise<void> | undefined
    const run = () => {
      round ??= retention
        .run()
        .catch(err => log.warn({ err }, 'retention failed'))
        .finally(() => {
          round = undefined
        })
    }
    const timer = setInterval(run, everyMs)
    fastify.addHook('onListen', async () => run())
    fastify.addHook('onClose', async () => {
      clearInterval(timer)
      await round
    })
  },
  { name: 'retention', dependencies: ['event-log'] }
)
