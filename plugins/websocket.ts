import websocket from '@fastify/websocket'
import fp from 'fastify-plugin'
import { webSocketProtocol } from '../src/gateway/access/bearer-token.ts'

/** Longest message a client may send: it has nothing to say, but may greet. */
const maxMessageBytes = 4_096

/** The one protocol spoken here. A client that offers its token as another is not told it back. */
const handleProtocols = (offered: Set<string>) => offered.has(webSocketProtocol) && webSocketProtocol

export default fp(
  async fastify => {
    await fastify.register(websocket, {
      options: { maxPayload: maxMessageBytes, perMessageDeflate: false, clientTracking: true, handleProtocols },
      // What a client breaks is its own connection: no error of ours.
      errorHandler: (error, socket, request) => {
        request.log.debug({ err: error }, 'websocket client failed')
        socket.terminate()
      },
      preClose(done) {
        // The feed has said goodbye already.
        fastify.websocketServer.close()
        done()
      }
    })
  },
  { name: 'websocket' }
)
