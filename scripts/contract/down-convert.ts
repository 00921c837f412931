import type { Node } from './node.ts'

/** Keywords that the schemas of OpenAPI 3.0 do not have. */
const unknownIn30 = new Set(['contentSchema', 'contentMediaType', 'examples'])

/** The same document in OpenAPI 3.0.3, for the constructs that ours uses, and without the components that nothing refers to then. */
export function downConvert(document: Node): Node {
  const { openapi: _, info, components, ...rest } = structuredClone(document)
  const { summary: __, license, ...restOfInfo } = info as Node
  const { identifier: ___, ...restOfLicense } = license as Node
  const converted: Node = {
    openapi: '3.0.3',
    info: { ...restOfInfo, license: { ...restOfLicense, url: 'https://spdx.org/licenses/MIT' } },
    ...rest,
    components
  }
  eachSchema(converted, schema => {
    const [example] = (schema.examples as unknown[] | undefined) ?? []
    if (example !== undefined) schema.example = example
    for (const keyword of unknownIn30) delete schema[keyword]
    // In OpenAPI 3.0 a reference has no siblings.
    if (schema.$ref) for (const name of Object.keys(schema)) if (name !== '$ref') delete schema[name]
  })
  prune(components as Node)
  return converted

  function prune({ schemas }: Node): void {
    for (;;) {
      const text = JSON.stringify(converted)
      const unused = Object.keys(schemas as Node).filter(name => !text.includes(`"#/components/schemas/${name}"`))
      if (unused.length === 0) return
      for (const name of unused) delete (schemas as Node)[name]
    }
  }
}

/** Visits what is below `schema` and `schemas`, members and items included; examples and other values are none. */
function eachSchema(node: unknown, visit: (schema: Node) => void): void {
  if (typeof node !== 'object' || node === null) return
  for (const [name, child] of Object.entries(node as Node)) {
    if (name === 'schema') descend(child as Node, visit)
    else if (name === 'schemas') for (const schema of Object.values(child as Node)) descend(schema as Node, visit)
    else if (name !== 'examples' && name !== 'example') eachSchema(child, visit)
  }
}

function descend(schema: Node, visit: (schema: Node) => void): void {
  const { properties = {}, items, additionalProperties, oneOf = [] } = schema
  for (const part of [...Object.values(properties as Node), items, additionalProperties, ...(oneOf as Node[])]) {
    if (typeof part === 'object' && part !== null) descend(part as Node, visit)
  }
  visit(schema)
}
