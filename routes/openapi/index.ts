import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, text } from '../../src/http/answers.ts'
import { contractDocument } from '../../src/http/contract-document.ts'
import { failures } from '../../src/http/error-answers.ts'

/** `/openapi.yaml`, `/openapi.json` and `/asyncapi.yaml`: the contract. */
const openapi: FastifyPluginAsyncTypebox = async fastify => {
  fastify.get(
    '/openapi.yaml',
    {
      config: { revalidate: true, isStatic: true },
      schema: {
        operationId: 'getOpenapiYaml',
        summary: 'Read this document as YAML',
        description: 'The description of this API in OpenAPI 3.1.',
        tags: ['meta'],
        response: { 200: text('The OpenAPI document.', ['application/yaml']), ...failures() }
      }
    },
    async (_request, reply) =>
      reply.type('application/yaml; charset=utf-8').send(await contractDocument('openapi.yaml'))
  )

  fastify.get(
    '/openapi.json',
    {
      config: { revalidate: true, isStatic: true },
      schema: {
        operationId: 'getOpenapiJson',
        summary: 'Read this document as JSON',
        description: 'The same as `/openapi.yaml`.',
        tags: ['meta'],
        response: { 200: answer('Document', 'The OpenAPI document.'), ...failures() }
      }
    },
    async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(await contractDocument('openapi.json'))
  )

  fastify.get(
    '/asyncapi.yaml',
    {
      config: { revalidate: true, isStatic: true },
      schema: {
        operationId: 'getAsyncapiYaml',
        summary: 'Read the description of event streams',
        description: 'The messages of `/events` over WebSocket and as server-sent events, in AsyncAPI 3.0.',
        tags: ['meta'],
        response: { 200: text('The AsyncAPI document.', ['application/yaml']), ...failures() }
      }
    },
    async (_request, reply) =>
      reply.type('application/yaml; charset=utf-8').send(await contractDocument('asyncapi.yaml'))
  )
}

export default openapi
