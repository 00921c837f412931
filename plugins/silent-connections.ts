import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fp from 'fastify-plugin'

/** How long a connection may be silent once the gateway is closing, in milliseconds. */
const patienceMs = 500

/**
 * Ends connections that would keep the gateway from closing: those on which no request has come, since browsers and HTTP
 * clients open such in advance, Node takes them for busy, and would wait for its headersTimeout, a minute; and those on
 * which an answer ends later, as that of a followed log, which Node would keep alive.
 */
export default fp(
  async fastify => {
    const silent = new Set<Socket>()
    let isClosing = false
    const end = (socket: Socket) => {
      if (silent.has(socket)) socket.destroy()
    }
    const hear = ({ socket }: { readonly socket: Socket }) => silent.delete(socket)
    const endAfter = ({ socket }: IncomingMessage, response: ServerResponse) => {
      response.once('finish', () => {
        if (isClosing) socket.destroySoon()
      })
    }
    fastify.server.on('connection', socket => {
      silent.add(socket)
      socket.once('close', () => silent.delete(socket))
      if (isClosing) setTimeout(end, patienceMs, socket).unref()
    })
    fastify.server.prependListener('request', hear)
    fastify.server.prependListener('request', endAfter)
    fastify.server.prependListener('upgrade', hear)
    fastify.addHook('preClose', async () => {
      isClosing = true
      for (const socket of silent) setTimeout(end, patienceMs, socket).unref()
    })
  },
  { name: 'silent-connections' }
)
