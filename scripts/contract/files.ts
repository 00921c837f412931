import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { build } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { asyncApi } from './asyncapi.ts'
import { downConvert } from './down-convert.ts'
import { streamMessages } from './examples.ts'
import type { Node } from './illustrate.ts'
import openapi from './openapi.ts'

/** The generator, which needs TypeScript 5, lives among the tests of the SDKs. */
const generator = createRequire(new URL('../../test/sdk/package.json', import.meta.url))

const header = '/* Made from openapi.yaml by `npm run openapi`. */\n\n'

/** The files of the contract, by their names, as they must be. */
export async function contractFiles(): Promise<Record<string, string>> {
  const document = await openapiDocument()
  const yaml = toYaml(document)
  return {
    'openapi.yaml': yaml,
    'openapi.json': `${JSON.stringify(document)}\n`,
    'openapi-3.0.yaml': toYaml(downConvert(document)),
    'asyncapi.yaml': toYaml(asyncApi({ openapi: document, ...streamMessages })),
    'src/client/contract.ts': await typesOf(yaml)
  }
}

/** What the routes of a gateway say of themselves. */
async function openapiDocument(): Promise<Node> {
  const stateDir = await mkdtemp(join(tmpdir(), 'weft-contract-'))
  try {
    const config = { ...loadConfig({ env: {}, cwd: stateDir }), stateDir }
    const fastify = await build({ config, beforeRoutes: async fastify => void (await fastify.register(openapi)) })
    const document = fastify.swagger() as unknown as Node
    await fastify.close()
    return document
  } finally {
    await rm(stateDir, { recursive: true })
  }
}

/** Values used twice would become aliases, which not every reader of YAML knows. */
function toYaml(document: Node): string {
  return stringify(document, { aliasDuplicateObjects: false })
}

async function typesOf(openapi: string): Promise<string> {
  const { default: generate, astToString } = generator('openapi-typescript')
  return header + astToString(await generate(openapi, { alphabetize: false }))
}
