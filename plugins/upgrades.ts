import fp from 'fastify-plugin'
import { InvalidRequest } from '../src/gateway/errors.ts'

/** Refuses a WebSocket at a path that has none, instead of opening and closing it. */
export default fp(
  async fastify => {
    fastify.addHook('onRoute', route => {
      if (route.wsHandler || route.websocket) return
      const refuse = async (request: { readonly ws: boolean }) => {
        if (request.ws) {
          throw new InvalidRequest([{ pointer: '/headers/upgrade', detail: 'this path has no WebSocket' }])
        }
      }
      route.onRequest = [route.onRequest ?? [], refuse].flat()
    })
  },
  { name: 'upgrades', dependencies: ['websocket'] }
)
