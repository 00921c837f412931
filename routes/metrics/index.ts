import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { failures } from '../failures.ts'

/** `/metrics`: for Prometheus. */
const metrics: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        summary: 'Read the metrics',
        description: 'In the text format of Prometheus; docs/operations.md tells what each means.',
        tags: ['health'],
        response: {
          200: { description: 'The metrics.', content: { 'text/plain': { schema: { type: 'string' } } } },
          ...failures(403, 421, 500)
        }
      }
    },
    async (_request, reply) => reply.type(fastify.metrics.contentType).send(await fastify.metrics.metrics())
  )
}

export default metrics
