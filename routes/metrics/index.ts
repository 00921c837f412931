import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { text } from '../../src/http/answers.ts'

/** `/metrics`: for Prometheus. */
const metrics: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/metrics',
    {
      config: { ofAllApps: true },
      schema: {
        operationId: 'getMetrics',
        summary: 'Read the metrics',
        description: 'In the text format of Prometheus. docs/operations.md explains each metric.',
        tags: ['meta'],
        response: { 200: text('The metrics.', ['text/plain']) }
      }
    },
    async (_request, reply) => reply.type(fastify.metrics.contentType).send(await fastify.metrics.metrics())
  )
}

export default metrics
