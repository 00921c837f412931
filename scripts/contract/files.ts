import { createRequire } from 'node:module'
import { asyncApi } from './asyncapi.ts'
import { shareComponents } from './components.ts'
import { downConvert } from './down-convert.ts'
import { illustrate } from './illustrate.ts'
import type { Node } from './node.ts'
import { makePortable } from './portable.ts'
import { withoutStreams } from './publish.ts'
import { pythonModels } from './python-models.ts'
import { record } from './record.ts'
import { toYaml } from './yaml.ts'

/** The generator, which needs TypeScript 5, lives among the tests of the SDKs. */
const generator = createRequire(new URL('../../test/sdk/package.json', import.meta.url))

const header = '/* Made from the schemas of the routes by `npm run openapi`. */\n\n'

/** Generates the files of the contract, by name. */
export async function contractFiles(): Promise<Record<string, string>> {
  const { document: bare, examples, messages } = await record()
  // With the streams, for asyncapi.yaml and the types of the client.
  const whole = illustrate(shareComponents(makePortable(bare)), examples)
  const document = withoutStreams(whole)
  return {
    'openapi.yaml': toYaml(document),
    'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
    'openapi-3.0.yaml': toYaml(downConvert(document)),
    'asyncapi.yaml': toYaml(asyncApi(whole, messages)),
    'clients/typescript/src/contract.ts': await typesOf(whole),
    'clients/python/src/weft_gateway/models.py': pythonModels(document)
  }
}

/** Strings that can get more values keep those of today as literals, for editors. */
async function typesOf(document: Node): Promise<string> {
  const { default: generate, astToString } = generator('openapi-typescript')
  const { factory } = generator('typescript')
  const transform = (schema: Node) => {
    const values = schema['x-extensible-enum'] as readonly string[] | undefined
    if (!values) return undefined
    const literals = values.map(value => factory.createLiteralTypeNode(factory.createStringLiteral(value)))
    const others = factory.createTypeReferenceNode('(string & {})')
    return factory.createUnionTypeNode([...literals, others])
  }
  return header + astToString(await generate(JSON.stringify(document), { alphabetize: false, transform }))
}
