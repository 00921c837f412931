import fp from 'fastify-plugin'
import { stringify } from 'yaml'
import { asyncApi } from '../src/contract/asyncapi.ts'
import { streamMessages } from '../src/contract/examples.ts'
import type { Node } from '../src/contract/illustrate.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The AsyncAPI document of `/events`, as YAML. */
    asyncapi(): string
  }
}

/** Makes the AsyncAPI document from the same schemas as the OpenAPI document. */
export default fp(
  async fastify => {
    let text: string | undefined
    fastify.decorate('asyncapi', () => {
      const openapi = fastify.swagger() as unknown as Node
      text ??= stringify(asyncApi({ openapi, ...streamMessages }), { aliasDuplicateObjects: false })
      return text
    })
  },
  { name: 'asyncapi', dependencies: ['openapi'] }
)
