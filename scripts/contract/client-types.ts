import { createRequire } from 'node:module'
import type { Node } from './node.ts'
import { eachSchema } from './schemas.ts'

/** The generator, which needs TypeScript 5, lives among the tests of the SDKs. */
const generator = createRequire(new URL('../../test/sdk/package.json', import.meta.url))

const header = '/* Made from the schemas of the routes by `npm run openapi`. */\n\n'

/** The types of what is sent and answered; strings that can get more values keep those of today as literals, for editors. */
export async function clientTypes(document: Node): Promise<string> {
  const { default: generate, astToString } = generator('openapi-typescript')
  const { factory } = generator('typescript')
  const transform = (schema: Node) => {
    const values = schema['x-extensible-enum'] as readonly string[] | undefined
    if (!values) return undefined
    const literals = values.map(value => factory.createLiteralTypeNode(factory.createStringLiteral(value)))
    const others = factory.createTypeReferenceNode('(string & {})')
    return factory.createUnionTypeNode([...literals, others])
  }
  const types = await generate(JSON.stringify(schemasOf(document)), { alphabetize: false, transform })
  return header + astToString(types.filter(hasMembers))

  function hasMembers(node: { readonly members?: readonly unknown[] }): boolean {
    return node.members !== undefined && node.members.length > 0
  }
}

/** Without the paths, and with each description in one line: these types are a third of the client. */
function schemasOf({ openapi, info, components }: Node): Node {
  const { schemas } = structuredClone(components) as { readonly schemas: Node }
  const document = { openapi, info, paths: {}, components: { schemas } }
  eachSchema(document, schema => {
    schema.title = schema.description
    for (const name of ['description', 'format', 'example', 'examples', 'default']) delete schema[name]
  })
  return document
}
