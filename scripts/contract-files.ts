import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'
import { stringify } from 'yaml'
import { downConvert } from '../src/contract/down-convert.ts'
import type { Node } from '../src/contract/illustrate.ts'

/** The generator, which needs TypeScript 5, lives among the tests of the SDKs. */
const generator = createRequire(new URL('../test/sdk/package.json', import.meta.url))

const header = '/* Made from openapi.yaml by `npm run openapi`. */\n\n'

/** The files of the contract, by their names, as they must be. */
export async function contractFiles(fastify: FastifyInstance): Promise<Record<string, string>> {
  const openapi = fastify.swagger({ yaml: true })
  return {
    'openapi.yaml': openapi,
    'openapi-3.0.yaml': stringify(downConvert(fastify.swagger() as unknown as Node)),
    'asyncapi.yaml': fastify.asyncapi(),
    'src/client/contract.ts': await typesOf(openapi)
  }
}

async function typesOf(openapi: string): Promise<string> {
  const { default: generate, astToString } = generator('openapi-typescript')
  return header + astToString(await generate(openapi, { alphabetize: false }))
}
