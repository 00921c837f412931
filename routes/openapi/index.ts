import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type ContractFile, contractDocument } from '../../src/http/contract-document.ts'

const yaml = 'application/yaml'

/** The files and their media types. */
const files: readonly (readonly [ContractFile, string])[] = [
  ['openapi.yaml', yaml],
  ['openapi.json', 'application/json'],
  ['openapi-3.0.yaml', yaml],
  ['asyncapi.yaml', yaml]
]

/** `/openapi.yaml`, `/openapi.json`, `/openapi-3.0.yaml` and `/asyncapi.yaml`: the contract, which is no part of itself. */
const openapi: FastifyPluginAsyncTypebox = async fastify => {
  for (const [file, type] of files) {
    fastify.get(
      `/${file}`,
      {
        config: { revalidate: true, isStatic: true },
        schema: { hide: true, response: { 200: { content: { [type]: { schema: {} } } } } }
      },
      async (_request, reply) => reply.type(`${type}; charset=utf-8`).send(await contractDocument(file))
    )
  }
}

export default openapi
