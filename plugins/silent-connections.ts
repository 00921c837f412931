import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

/** How long a connection may be silent once the gateway is closing, in milliseconds. */
const patienceMs = 500

/**
 * Ends the connections on which no request has come when the gateway closes. Browsers and HTTP clients open such in
 * advance; Node takes them for busy, and would wait for its headersTimeout, a minute.
 */
export default fp(
  async fastify => {
    const silent = new Set<Socket>()
    let isClosing = false
    const end = (socket: Socket) => {
      if (silent.has(socket)) socket.destroy()
    }
    const hear = ({ socket }: { readonly socket: Socket }) => silent.delete(socket)
    fastify.server.on('connection', socket => {
      silent.add(socket)
      socket.once('close', () => silent.delete(socket))
      if (isClosing) setTimeout(end, patienceMs, socket).unref()
    })
    fastify.server.prependListener('request', hear)
    fastify.server.prependListener('upgrade', hear)
    fastify.addHook('preClose', async () => {
      isClosing = true
      for (const socket of silent) setTimeout(end, patienceMs, socket).unref()
    })
  },
  { name: 'silent-connections' }
)
