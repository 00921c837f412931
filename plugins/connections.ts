import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'
import fp from 'fastify-plugin'
import { isLoopback } from '../src/config/loopback.ts'
import type { Connection } from '../src/http/connections/connection.ts'
import {
  type CloseReason,
  type ConnectionLimits,
  Connections,
  closeReasons
} from '../src/http/connections/connections.ts'
import { collectBody, type WholeBody } from '../src/http/connections/whole-body.ts'

declare module 'fastify' {
  interface FastifyInstance {
    readonly connections: Connections
    /** How many connections were closed because of a limit, by limit. */
    readonly connectionsClosed: Readonly<Record<CloseReason, number>>
  }
}

/** How long a client can take to send the rest of a request while the gateway closes, in milliseconds. */
const closingSilenceMs = 500

const warnEveryMs = 60_000

/** Limits connections, pipelined requests and unread answers, and closes connections beyond the limits. */
export default fp<ConnectionLimits>(
  async (fastify, limits) => {
    const closed = Object.fromEntries(closeReasons.map(reason => [reason, 0])) as Record<CloseReason, number>
    const warnedAt = new Map<CloseReason, number>()
    const connections = new Connections(limits, (reason, address) => {
      closed[reason]++
      const now = performance.now()
      if (now - (warnedAt.get(reason) ?? Number.NEGATIVE_INFINITY) < warnEveryMs) return
      warnedAt.set(reason, now)
      fastify.log.warn({ reason, address, closed: closed[reason] }, 'connections are closed because of a limit')
    })
    fastify.decorate('connections', connections)
    fastify.decorate('connectionsClosed', closed)

    const { bodyLimit = 0 } = fastify.initialConfig
    const bodies = new WeakMap<IncomingMessage, WholeBody>()
    let isClosing = false
    const admit = (socket: Socket) => {
      const connection = connections.admit(socket, addressOf(socket))
      if (connection && isClosing) endIfReceiving(connection)
      return connection
    }
    fastify.server.prependListener('connection', admit)

    fastify.addHook('onRequest', ({ raw }, reply, done) => {
      // An injected request has no socket.
      if (!(raw.socket instanceof Socket)) return done()
      // Also while it waits for its turn, and if it is a GET, whose body nobody reads.
      const body = collectBody(raw, bodyLimit)
      if (body) bodies.set(raw, body)
      // Fastify uses a second server for the second address of `localhost`.
      const connection = connections.of(raw.socket) ?? admit(raw.socket)
      if (connection?.isFull) connections.close(connection, 'pipelining')
      else connection?.serveInTurn({ request: raw, response: reply.raw }, done)
    })

    fastify.addHook('preParsing', (request, _reply, payload, done) => done(null, bodies.get(request.raw) ?? payload))

    fastify.addHook('onSend', (request, { raw: response, statusCode }, payload, done) => {
      if (statusCode === 413) connections.of(request.raw.socket)?.awaitRest(request.raw)
      done(null, payload)
      // Most answers are in the buffers of the system by now. (`writableFinished` says so only in a later turn.)
      if (response.writableEnded && response.writableLength === 0) return
      const connection = connections.of(request.raw.socket)
      if (!connection) return
      connections.answer(connection, response)
      if (typeof payload === 'string' || Buffer.isBuffer(payload)) {
        connections.keepUntilRead(connection, response, payload.length)
      }
    })

    // Two kinds of connections would delay the shutdown: those on which a request has not come, or not wholly, for which Node
    // waits without limit while it closes, and those whose answer ends later, such as a followed log, which it would keep alive.
    fastify.addHook('preClose', async () => {
      isClosing = true
      connections.receiving.forEach(endIfReceiving)
    })
    fastify.addHook('onResponse', ({ raw }, _reply, done) => {
      if (isClosing && raw.socket instanceof Socket) raw.socket.destroySoon()
      done()
    })
  },
  { name: 'connections' }
)

function endIfReceiving(connection: Connection): void {
  setTimeout(() => connection.isReceiving && connection.destroy(), closingSilenceMs).unref()
}

/** The key by which connections are counted; undefined for clients on this machine or a Unix socket, which are trusted. */
function addressOf({ remoteAddress }: Socket): string | undefined {
  return remoteAddress === undefined || isLoopback(remoteAddress) ? undefined : normalizeIP(remoteAddress, 64)
}
