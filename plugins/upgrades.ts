import type { onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { InvalidRequest } from '../src/gateway/errors.ts'

/** Refuses a WebSocket at a path that has none, instead of opening and closing it. */
export default fp(
  async fastify => {
    fastify.addHook('onRoute', route => {
      if (route.wsHandler || route.websocket) return
      const refuse: onRequestHookHandler = (request, _reply, done) => {
        if (request.ws) {
          throw new InvalidRequest([{ pointer: '/headers/upgrade', detail: 'this path has no WebSocket' }])
        }
        done()
      }
      route.onRequest = [route.onRequest ?? [], refuse].flat()
    })
  },
  { name: 'upgrades', dependencies: ['websocket'] }
)
