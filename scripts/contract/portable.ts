import type { Node } from './node.ts'
import { eachSchema } from './schemas.ts'

/** Members that mean something only to the gateway's own validation. */
const ownKeywords = ['patternProperties', 'contentSchema']

/**
 * The document with schemas that the generators of all languages understand: values that may get more are plain strings,
 * patterns of names are left out, and a reference stands alone.
 */
export function makePortable(document: Node): Node {
  const portable = structuredClone(document)
  describeParameters(portable)
  eachSchema(portable, schema => {
    if (schema['x-extensible-enum']) delete schema.enum
    // Where null means something, the description says it.
    if (Array.isArray(schema.type)) schema.type = schema.type.find(type => type !== 'null')
    const [valueOfAnyName] = Object.values((schema.patternProperties ?? {}) as Node)
    if (valueOfAnyName) schema.additionalProperties = valueOfAnyName
    for (const keyword of ownKeywords) delete schema[keyword]
    if (schema.$ref) for (const name of Object.keys(schema)) if (name !== '$ref') delete schema[name]
  })
  return portable
}

/**
 * A parameter that refers to a named schema has the description of that schema. If it can be left out, its example is
 * part of the description: the reference page would send it.
 */
function describeParameters({ paths, components }: Node): void {
  const { schemas } = components as { readonly schemas: Record<string, Node> }
  const operations = Object.values(paths as Record<string, Node>).flatMap(item => Object.values(item) as Node[])
  for (const { parameters = [] } of operations) {
    for (const parameter of parameters as {
      description?: unknown
      example?: unknown
      required?: boolean
      readonly schema: Node
    }[]) {
      const [, name = ''] = /#\/components\/schemas\/(\w+)$/.exec(String(parameter.schema.$ref)) ?? []
      parameter.description ??= schemas[name]?.description
      if (parameter.example === undefined || parameter.required) continue
      parameter.description = `${parameter.description} For example \`${parameter.example}\`.`
      delete parameter.example
    }
  }
}
