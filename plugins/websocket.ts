import websocket from '@fastify/websocket'
import fp from 'fastify-plugin'
import { webSocketProtocol } from '../src/gateway/access/bearer-token.ts'

/** The longest message that a client can send. On `/events` messages of clients are ignored. */
const maxMessageBytes = { ofEvents: 4_096, ofWeft: 1_048_576 }

/** Selects the one supported subprotocol, never the one in which a client offers its token. */
const handleProtocols = (offered: Set<string>) => offered.has(webSocketProtocol) && webSocketProtocol

export default fp(
  async fastify => {
    const maxPayload = maxMessageBytes[fastify.gateway.config.weft.enabled ? 'ofWeft' : 'ofEvents']
    await fastify.register(websocket, {
      options: { maxPayload, perMessageDeflate: false, clientTracking: true, handleProtocols },
      // A client's protocol error only closes its own connection; it is not an error of the gateway.
      errorHandler: (error, socket, request) => {
        request.log.debug({ err: error }, 'websocket client failed')
        socket.terminate()
      },
      preClose(done) {
        // The feed has closed its clients already.
        fastify.websocketServer.close()
        done()
      }
    })
  },
  { name: 'websocket', dependencies: ['gateway'] }
)
