import { createRequire } from 'node:module'
import { stringify } from 'yaml'
import { asyncApi } from './asyncapi.ts'
import { downConvert } from './down-convert.ts'
import { illustrate } from './illustrate.ts'
import type { Node } from './node.ts'
import { record } from './record.ts'

/** The generator, which needs TypeScript 5, lives among the tests of the SDKs. */
const generator = createRequire(new URL('../../test/sdk/package.json', import.meta.url))

const header = '/* Made from openapi.yaml by `npm run openapi`. */\n\n'

/** Generates the files of the contract, by name. */
export async function contractFiles(): Promise<Record<string, string>> {
  const { document: bare, examples, messages } = await record()
  const document = illustrate(bare, examples)
  const yaml = toYaml(document)
  return {
    'openapi.yaml': yaml,
    'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'openapi-3.0.yaml': toYaml(downConvert(document)),
    'asyncapi.yaml': toYaml(asyncApi(document, messages)),
    'src/client/contract.ts': await typesOf(yaml)
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
