import { isatty } from 'node:tty'
import type { FastifyInstance } from 'fastify'
import { build } from './app.ts'
import type { Config } from './config/load.ts'
import { openTelemetry } from './gateway/telemetry/open-telemetry.ts'
import { giveBackMemoryWhenQuiet } from './give-back-memory.ts'
import { greeting } from './server/greeting.ts'
import { listen, requireSocketPath } from './server/listen.ts'
import { openLogger } from './server/logger.ts'
import { type Notify, Shutdown } from './server/shutdown.ts'

/**
 * Runs the gateway in this process: it listens until SIGTERM or SIGINT, then shuts down and exits. SIGHUP reloads the
 * configuration. An uncaught error ends it at once, and leaves the sessions to the next gateway.
 */
export async function serve(load: () => Config, notify: Notify = () => {}): Promise<void> {
  const config = load()
  const { options, lostLines } = await openLogger(config.server.logLevel)
  ignoreBrokenStdio()
  requireSocketPath(config)
  const telemetry = await openTelemetry()
  const fastify = await build({ config, logger: options, lostLogLines: lostLines, telemetry })
  crashOnError(fastify)
  obeySignals(fastify, { load, notify })
  try {
    const { address, text } = await listen(fastify)
    process.stdout.write(`weft-gateway listens on ${text}\n`)
    if (process.stderr.isTTY) process.stderr.write(greeting(config, address))
    else fastify.log.info({ apps: Object.keys(config.apps).length, stateDir: config.stateDir }, 'serving the catalogue')
    notify('ready', `listens on ${text}`)
    await giveBackMemoryWhenQuiet()
  } catch (error) {
    // A gateway that could not start must not stop the sessions that it has found.
    fastify.gateway.launcher.keepSessions()
    await fastify.close()
    throw error
  }
}

/** Readers of stdout and stderr can go away; the log counts the lost lines. */
function ignoreBrokenStdio(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

/** After an uncaught error the state of the process is unknown: it logs the error as its last line and exits. */
function crashOnError({ log }: FastifyInstance): void {
  process.on('uncaughtException', (err, origin) => {
    try {
      log.fatal({ err, origin }, 'uncaught error; the sessions run on')
    } finally {
      process.exit(1)
    }
  })
}

function obeySignals(fastify: FastifyInstance, { load, notify }: { load: () => Config; notify: Notify }): void {
  const shutdown = new Shutdown(fastify, notify)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => shutdown.ask(signal))
  process.on('SIGHUP', () => {
    if (isTerminalGone()) shutdown.ask('SIGHUP')
    else if (!fastify.gateway.launcher.isDraining) fastify.gateway.reload(load)
  })
}

/** SIGHUP means that the terminal was closed, if there was one; else it asks for a reload. */
function isTerminalGone(): boolean {
  return process.stderr.isTTY && !isatty(process.stderr.fd)
}
