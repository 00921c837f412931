import Fastify, { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import connections from '../plugins/connections.ts'
import gateway from '../plugins/gateway.ts'
import metrics from '../plugins/metrics.ts'
import problemDetails from '../plugins/problem-details.ts'
import requestId from '../plugins/request-id.ts'
import requestPipeline from '../plugins/request-pipeline.ts'
import schemas from '../plugins/schemas.ts'
import tracing from '../plugins/tracing.ts'
import websocket from '../plugins/websocket.ts'
import apps from '../routes/apps/index.ts'
import docs from '../routes/docs/index.ts'
import history from '../routes/events/history.ts'
import events from '../routes/events/index.ts'
import gatewayRoute from '../routes/gateway/index.ts'
import health from '../routes/health/index.ts'
import home from '../routes/home/index.ts'
import metricsRoute from '../routes/metrics/index.ts'
import openapiDocument from '../routes/openapi/index.ts'
import problems from '../routes/problems/index.ts'
import change from '../routes/sessions/change.ts'
import sessions from '../routes/sessions/index.ts'
import logLines from '../routes/sessions/log-lines.ts'
import logs from '../routes/sessions/logs.ts'
import stats from '../routes/stats/index.ts'
import type { Config } from './config/load.ts'
import type { Telemetry } from './gateway/telemetry/open-telemetry.ts'
import { answerToMalformed } from './http/malformed.ts'
import { requestIdOf } from './http/request-trace.ts'

export interface BuildOptions {
  readonly config: Config
  /** Fastify's option: a pino logger or its settings. There is no log by default. */
  readonly logger?: FastifyServerOptions['logger']
  /** Called before the routes are registered, so that the caller can add hooks for them. */
  readonly beforeRoutes?: (fastify: FastifyInstance) => Promise<void>
  /** How many lines of the log have been lost. */
  readonly lostLogLines?: () => number
  /** Given if requests and launches are traced; it is closed with the gateway. */
  readonly telemetry?: Telemetry | undefined
}

/** The levels at which requests are logged: a line for each costs 40 % of the throughput. */
const tellsRequests = new Set(['debug', 'trace'])

/** A request must be received completely within this time; on a new connection, the first one. */
const requestTimeoutMs = 60_000

/** How often connections are checked for that, in milliseconds. */
const connectionsCheckingInterval = 1_000

const maxBodyBytes = 65_536

/** Builds the gateway, ready to listen. */
export async function build(options: BuildOptions): Promise<FastifyInstance> {
  const { config: settings, logger = false, beforeRoutes = async () => {} } = options
  const fastify: FastifyInstance = Fastify({
    logger,
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMs,
    // No timeout of Fastify: a shutdown takes as long as the grace of the sessions.
    pluginTimeout: 0,
    return503OnClosing: false,
    logController: new LogController({ disableRequestLogging: !tellsRequests.has(settings.server.logLevel) }),
    http: {
      requireHostHeader: false,
      connectionsCheckingInterval,
      // Offers of HTTP/2, which some clients make with every request, are not taken up, nor any before its turn.
      shouldUpgradeCallback: ({ headers, socket }) =>
        headers.upgrade?.toLowerCase() === 'websocket' && !fastify.connections.of(socket)?.isBusy
    },
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    clientErrorHandler: (error, socket) => {
      const connection = fastify.connections.of(socket)
      if (!connection) return socket.destroy()
      const reqId = requestIdOf(undefined)
      fastify.log.debug({ reqId, code: error.code }, 'a request can not be parsed')
      connection.refuse(answerToMalformed({ error, methodsOf: fastify.methodsOf, reqId }))
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => fastify.errorHandler(error, request, reply)
  })
  fastify.removeContentTypeParser('text/plain')

  try {
    await assemblePlugins(fastify, options)
    await beforeRoutes(fastify)
    await assembleRoutes(fastify)
    await fastify.ready()
  } catch (error) {
    await fastify.close()
    throw error
  }
  return fastify
}

/** Registers the plugins in the order in which they depend on each other. */
async function assemblePlugins(
  fastify: FastifyInstance,
  { config, lostLogLines, telemetry }: BuildOptions
): Promise<void> {
  await fastify.register(connections, config.server)
  await fastify.register(tracing, { telemetry })
  await fastify.register(requestId)
  await fastify.register(problemDetails)
  await fastify.register(schemas)
  await fastify.register(gateway, { config, isTraced: telemetry !== undefined })
  await fastify.register(metrics, { lostLogLines })
  // After the gateway: at shutdown, connections are closed after clients got the last events.
  await fastify.register(websocket)
  await fastify.register(requestPipeline)
  if (usesWeft(config)) await fastify.register(import('../plugins/weft.ts'))
}

/** Most gateways have no use for it. */
function usesWeft({ weft, runtime, runtimeBin }: Config): boolean {
  return weft.enabled || runtime !== undefined || runtimeBin !== undefined
}

async function assembleRoutes(fastify: FastifyInstance): Promise<void> {
  await fastify.register(sessions, { prefix: '/sessions' })
  await fastify.register(change, { prefix: '/sessions' })
  await fastify.register(logs, { prefix: '/sessions' })
  await fastify.register(logLines, { prefix: '/sessions' })
  await fastify.register(events, { prefix: '/events' })
  await fastify.register(history, { prefix: '/events' })
  await fastify.register(apps, { prefix: '/apps' })
  await fastify.register(gatewayRoute)
  await fastify.register(stats)
  await fastify.register(health)
  await fastify.register(metricsRoute)
  await fastify.register(problems, { prefix: '/problems' })
  await fastify.register(openapiDocument)
  await fastify.register(home)
  await fastify.register(docs, { prefix: '/docs' })
}
