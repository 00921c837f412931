import fp from 'fastify-plugin'
import type { Config } from '../src/config/load.ts'
import { type Gateway, openGateway } from '../src/gateway/gateway.ts'
import { PublicRegistry } from '../src/gateway/registry/public-registry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The parts of the gateway. */
    readonly gateway: Gateway
    /** Every durable session, its events, and the call that stops one. */
    readonly registry: PublicRegistry
    /** The connection to the supervisor. */
    readonly supervisor: Gateway['supervisor']
    /** Throws if the gateway can't launch now, with the reason. */
    readonly requireReady: Gateway['requireReady']
  }
}

/** Opens the gateway, decorates Fastify with its parts, and closes it with Fastify. */
export default fp<{ readonly config: Config; readonly isTraced: boolean }>(
  async (fastify, { config, isTraced }) => {
    const { log } = fastify
    const gateway = await openGateway({ config, log, currentTrace: () => fastify.requestTrace(), isTraced })
    fastify.decorate('gateway', gateway)
    fastify.decorate('registry', new PublicRegistry(gateway.sessions, gateway.registry))
    fastify.decorate('supervisor', gateway.supervisor)
    fastify.decorate('requireReady', () => gateway.requireReady())
    // Runs before the hook of the websocket plugin, which closes the connections.
    fastify.addHook('preClose', async () => {
      await gateway.drain()
    })
    // When all plugins have subscribed to events.
    fastify.addHook('onReady', async () => {
      gateway.launcher.resume()
      await gateway.leases.resume()
    })
    fastify.addHook('onListen', async () => gateway.retention.start())
    fastify.addHook('onClose', () => gateway.close())
  },
  { name: 'gateway', dependencies: ['request-id'] }
)
