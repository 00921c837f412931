import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import packageJson from '../../package.json' with { type: 'json' }
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'

/** `/me`: who asks. `/gateway`: how the gateway is. */
const gateway: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/me',
    {
      schema: {
        operationId: 'getMe',
        summary: 'Read who asks',
        description: 'The name, the scopes and the apps of the token.',
        tags: ['gateway'],
        response: { 200: answer('Me', 'Who asks.') }
      }
    },
    async ({ view }) => view.me
  )

  fastify.get(
    '/gateway',
    {
      schema: {
        operationId: 'getGateway',
        summary: 'Read how the gateway is',
        description: 'Its version, whether it is ready, the ends of the event log, and its limits.',
        tags: ['gateway'],
        response: { 200: answer('Gateway', 'The gateway.') },
        ...failsWith('storage-unavailable')
      }
    },
    async ({ view }) => ({ version: packageJson.version, ...view.gatewayStatus })
  )
}

export default gateway
