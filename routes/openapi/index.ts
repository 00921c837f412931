import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { failures } from '../failures.ts'

/** `/openapi.yaml` and `/openapi.json`: the contract. */
const openapi: FastifyPluginAsyncTypebox = async fastify => {
  const text = (contentType: string) => ({
    200: { description: 'The OpenAPI document.', content: { [contentType]: { schema: { type: 'string' } } } },
    ...failures(403, 421, 500)
  })

  fastify.get(
    '/openapi.yaml',
    {
      schema: {
        operationId: 'getOpenapiYaml',
        summary: 'Read this document as YAML',
        tags: ['meta'],
        response: text('application/yaml')
      }
    },
    async (_request, reply) => reply.type('application/yaml; charset=utf-8').send(fastify.swagger({ yaml: true }))
  )

  fastify.get(
    '/openapi.json',
    {
      schema: {
        operationId: 'getOpenapiJson',
        summary: 'Read this document as JSON',
        tags: ['meta'],
        response: text('application/json')
      }
    },
    async (_request, reply) => reply.type('application/json; charset=utf-8').send(JSON.stringify(fastify.swagger()))
  )
}

export default openapi
