import fp from 'fastify-plugin'
import type { Config } from '../src/config/load.ts'
import { type Gateway, openGateway } from '../src/gateway/gateway.ts'
import { SessionRegistry } from '../src/gateway/registry/session-registry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The parts of the gateway. */
    readonly gateway: Gateway
    /** What is known of every session, and the call that ends one. */
    readonly registry: SessionRegistry
    /** The gateway's side of the process that runs the sessions. */
    readonly supervisor: Gateway['supervisor']
    /** Is there anything that keeps launches from being made? Then it throws that. */
    readonly requireReady: Gateway['requireReady']
  }
}

/** Opens the gateway and hands its parts to Fastify; ends it with Fastify. */
export default fp<{ readonly config: Config }>(
  async (fastify, { config }) => {
    const { log } = fastify
    const gateway = await openGateway({ config, log, currentTrace: () => fastify.requestTrace() })
    fastify.decorate('gateway', gateway)
    fastify.decorate('registry', new SessionRegistry(gateway.sessions, gateway.registry))
    fastify.decorate('supervisor', gateway.supervisor)
    fastify.decorate('requireReady', () => gateway.requireReady())
    // Before the websocket plugin's, which closes the connections.
    fastify.addHook('preClose', () => gateway.drain())
    // Once everybody who wants to know of events is there.
    fastify.addHook('onReady', async () => gateway.launcher.resume())
    fastify.addHook('onListen', async () => gateway.retention.start())
    fastify.addHook('onClose', () => gateway.close())
  },
  { name: 'gateway', dependencies: ['request-id'] }
)
