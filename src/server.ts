import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { build } from './app.ts'
import type { Config } from './config/load.ts'
import { listen } from './listen.ts'
import { loggerOptions } from './logger.ts'

/** How much longer than the longest stop ladder a shutdown may take, in milliseconds. */
const shutdownMarginMs = 30_000

/** Tells who started this process how far it is. */
export type Notify = (state: 'ready' | 'stopping', status: string) => void

/** Runs the gateway as this process: listens, and on SIGTERM or SIGINT ends everything and exits; a second signal forces. */
export async function serve(config: Config, notify: Notify = () => {}): Promise<void> {
  const fastify = await build({ config, logger: loggerOptions(config.server.logLevel) })
  const shutdown = closeWithGrace(
    { delay: longestGraceMs(config) + shutdownMarginMs, logger: fastify.log, skip: ['SIGTERM', 'SIGINT', 'SIGHUP'] },
    async ({ err }) => {
      notify('stopping', 'stopping the sessions')
      if (err) fastify.log.fatal({ err }, 'uncaught')
      await fastify.close()
    }
  )
  obeySignals(fastify, shutdown.close)
  try {
    const address = await listen(fastify)
    process.stdout.write(`weft-gateway listens on ${address}\n`)
    notify('ready', `listens on ${address}`)
  } catch (error) {
    // It would exit with 0.
    shutdown.uninstall()
    // A gateway that could not even start has no say over the sessions it has found.
    fastify.launcher.keepSessions()
    await fastify.close()
    throw error
  }
}

function obeySignals(fastify: FastifyInstance, close: () => void): void {
  let isClosing = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      fastify.log.info({ signal }, isClosing ? 'killing all sessions' : 'shutting down')
      if (isClosing) void fastify.launcher.stopAll({ force: true })
      else close()
      isClosing = true
    })
  }
}

function longestGraceMs({ defaults, apps }: Config): number {
  return Math.max(defaults.stopGraceMs, ...Object.values(apps).map(({ stopGraceMs }) => stopGraceMs ?? 0))
}
