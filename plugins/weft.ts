import type { AddressInfo } from 'node:net'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isLoopback } from '../src/config/loopback.ts'
import { Forbidden, NotFound } from '../src/gateway/errors.ts'
import { AppStores, storeRoots } from '../src/gateway/weft/app-stores.ts'
import type { Peer } from '../src/gateway/weft/push-client.ts'
import type { Weft } from '../src/gateway/weft/weft.ts'

const pingMs = 30_000

/** How long a client can take to read the rest before its connection is destroyed, in milliseconds. */
const closeTimeoutMs = 1_000

/** The apps of WEFT OS and, if it is enabled, the protocol of weft-appd. */
export default fp(
  async fastify => {
    const { gateway, log } = fastify
    const stores = new AppStores({ roots: storeRoots(process.env), log })
    stores.refresh()
    const weft = gateway.config.weft.enabled ? await serve(fastify, stores) : undefined
    gateway.catalogue.offer({
      get apps() {
        return stores.apps
      },
      find: id => stores.find(id),
      argumentsOf: session => weft?.argumentsOf(session) ?? []
    })
  },
  { name: 'weft', dependencies: ['gateway', 'request-pipeline'] }
)

async function serve(fastify: FastifyInstance, stores: AppStores): Promise<Weft> {
  const { gateway, log } = fastify
  const { Weft } = await import('../src/gateway/weft/weft.ts')
  const weft = new Weft({ gateway, log, env: process.env, stores })
  route(fastify, weft)
  fastify.addHook('onReady', () => weft.listen())
  fastify.addHook('onListen', async () => {
    const address = fastify.server.address()
    if (isTcp(address) && isLoopback(address.address)) weft.tellPort(address.port)
  })
  fastify.addHook('preClose', async () => weft.close())
  return weft
}

/** A WebSocket at `/appd`, and at `/`, where HTTP has a page. */
function route(fastify: FastifyInstance, weft: Weft): void {
  const { allowNullOrigin } = fastify.gateway.config.weft
  fastify.addConstraintStrategy({
    name: 'upgrade',
    storage: () => {
      const handlers = new Map<unknown, unknown>()
      return {
        get: (upgrade: unknown) => handlers.get(upgrade) ?? null,
        set: (upgrade: unknown, handler: unknown) => void handlers.set(upgrade, handler)
      } as never
    },
    deriveConstraint: ({ headers }) => headers.upgrade?.toLowerCase(),
    validate: () => true
  })
  for (const [url, constraints] of [
    ['/appd', {}],
    ['/', { upgrade: 'websocket' }]
  ] as const) {
    fastify.route({
      method: 'GET',
      url,
      constraints,
      exposeHeadRoute: false,
      logLevel: 'warn',
      config: { scope: 'none', otel: false, webSocketOrigins: ['file://', ...(allowNullOrigin ? ['null'] : [])] },
      schema: { hide: true },
      preHandler: async (request, reply) => {
        if (!request.ws) throw new NotFound(request.url)
        reply.raw.once('close', admit(request, weft).openStream(fastify.gateway.config.limits.maxStreamsPerToken))
      },
      handler: async request => {
        throw new NotFound(request.url)
      },
      wsHandler: socket => connect(socket, weft)
    })
  }
}

/** @throws {Forbidden} */
function admit({ raw, hostname }: FastifyRequest, weft: Weft) {
  const { remoteAddress } = raw.socket
  const isHere = remoteAddress !== undefined && isLoopback(remoteAddress)
  if (!isHere || !isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))) {
    throw new Forbidden('Clients of WEFT OS are served on the loopback address only.')
  }
  if (weft.principal) return weft.principal
  throw new Forbidden('This gateway has tokens, and weft.token does not name the one for clients of WEFT OS.')
}

function connect(socket: WebSocket, weft: Weft): void {
  const { principal } = weft
  // The token was taken away a moment ago.
  if (!principal) return void socket.terminate()
  const client = weft.connect(peerOf(socket), principal)
  const forget = principal.onRevoked(() => client.close('revoked'))
  // Requests are text; what else comes is passed over, as by weft-appd.
  socket.on('message', (data, isBinary) => {
    if (!isBinary) client.received(String(data))
  })
  const stopPings = ping(socket)
  socket.on('close', () => {
    stopPings()
    forget()
    weft.disconnected(client)
  })
}

function peerOf(socket: WebSocket): Peer {
  return {
    send: text => socket.send(text),
    get waitingBytes() {
      return socket.bufferedAmount
    },
    close(code, reason) {
      socket.close(code, reason)
      setTimeout(() => socket.terminate(), closeTimeoutMs).unref()
    },
    pause: () => socket.pause(),
    resume: () => socket.resume()
  }
}

/** Ends the connection of a client that has not answered a ping when the next one is due. */
function ping(socket: WebSocket): () => void {
  let isAnswered = true
  socket.on('pong', () => {
    isAnswered = true
  })
  const timer = setInterval(() => {
    if (!isAnswered && !socket.isPaused) return socket.terminate()
    isAnswered = false
    socket.ping()
  }, pingMs)
  return () => clearInterval(timer)
}

function isTcp(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
