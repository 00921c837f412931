import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer } from '../../src/http/answers.ts'
import { failsWith } from '../../src/http/error-answers.ts'

/** `/livez`: does the gateway run? `/readyz`: can it launch? */
const health: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/livez',
    {
      config: { scope: 'none', otel: false },
      logLevel: 'warn',
      schema: {
        operationId: 'getLiveness',
        summary: 'Does the gateway run?',
        description: 'Answers as long as the gateway serves requests. Needs no token.',
        security: [],
        tags: ['gateway'],
        response: { 200: answer('Health', 'The gateway runs.') }
      }
    },
    async () => ({ status: 'ok' }) as const
  )

  fastify.get(
    '/readyz',
    {
      config: { scope: 'none', otel: false },
      logLevel: 'warn',
      schema: {
        operationId: 'getReadiness',
        summary: 'Can the gateway launch?',
        description:
          '503 while it shuts down, and while the supervisor or the event log is not usable; needs no token.',
        security: [],
        tags: ['gateway'],
        response: { 200: answer('Health', 'The gateway can launch.') },
        ...failsWith('draining', 'supervisor-unavailable', 'storage-unavailable')
      }
    },
    async () => {
      fastify.requireReady()
      return { status: 'ok' } as const
    }
  )
}

export default health
