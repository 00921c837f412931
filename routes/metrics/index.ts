import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { text } from '../../src/http/answers.ts'

const openMetrics = ['application/openmetrics-text; version=1.0.0', 'application/openmetrics-text']

/** `/metrics`: for Prometheus. */
const metrics: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/metrics',
    {
      config: { ofAllApps: true, ignoresAccept: true, otel: false },
      schema: {
        operationId: 'getMetrics',
        summary: 'Read the metrics',
        description:
          'In the text format of Prometheus, or as OpenMetrics if `Accept` prefers that. docs/operations.md explains each metric.',
        tags: ['meta'],
        response: { 200: text('The metrics.', ['text/plain', 'application/openmetrics-text']) }
      }
    },
    async (request, reply) => {
      const type = request.accepts().type(['text/plain; version=0.0.4', 'text/plain', ...openMetrics])
      const registry = openMetrics.includes(String(type)) ? fastify.openMetrics : fastify.metrics
      return reply.type(registry.contentType).send(await registry.metrics())
    }
  )
}

export default metrics
