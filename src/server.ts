import { isatty } from 'node:tty'
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

/**
 * Runs the gateway as this process: listens, and on SIGTERM or SIGINT ends everything and exits; a second signal forces.
 * On SIGHUP it loads its configuration again.
 */
export async function serve(load: () => Config, notify: Notify = () => {}): Promise<void> {
  const config = load()
  const fastify = await build({ config, logger: loggerOptions(config.server.logLevel) })
  let shutdown = prepareShutdown(fastify, notify)
  obeySignals(fastify, () => shutdown.close())
  process.on('SIGHUP', () => {
    if (fastify.gateway.launcher.isDraining) return
    if (isTerminalGone()) return shutdown.close()
    fastify.gateway.reload(load)
    // Its delay can't be changed, and stopping may take longer now.
    shutdown.uninstall()
    shutdown = prepareShutdown(fastify, notify)
  })
  try {
    const address = await listen(fastify)
    process.stdout.write(`weft-gateway listens on ${address}\n`)
    notify('ready', `listens on ${address}`)
  } catch (error) {
    // It would exit with 0.
    shutdown.uninstall()
    // A gateway that could not even start has no say over the sessions it has found.
    fastify.gateway.launcher.keepSessions()
    await fastify.close()
    throw error
  }
}

/** The end of a terminal is told by SIGHUP, like the wish to reload. */
function isTerminalGone(): boolean {
  return process.stderr.isTTY && !isatty(process.stderr.fd)
}

function prepareShutdown(fastify: FastifyInstance, notify: Notify) {
  const delay = fastify.gateway.catalogue.longestGraceMs + shutdownMarginMs
  return closeWithGrace({ delay, logger: fastify.log, skip: ['SIGTERM', 'SIGINT', 'SIGHUP'] }, async ({ err }) => {
    notify('stopping', 'stopping the sessions')
    if (err) fastify.log.fatal({ err }, 'uncaught')
    await fastify.close()
  })
}

function obeySignals(fastify: FastifyInstance, close: () => void): void {
  let isClosing = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      fastify.log.info({ signal }, isClosing ? 'killing all sessions' : 'shutting down')
      if (isClosing) void fastify.gateway.launcher.stopAll({ force: true })
      else close()
      isClosing = true
    })
  }
}
