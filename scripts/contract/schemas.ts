import type { Node } from './node.ts'

/** Visits what is below `schema` and `schemas`, members and items included; examples and other values are none. */
export function eachSchema(node: unknown, visit: (schema: Node) => void): void {
  if (typeof node !== 'object' || node === null) return
  for (const [name, child] of Object.entries(node as Node)) {
    if (name === 'schema') descend(child as Node, visit)
    else if (name === 'schemas') for (const schema of Object.values(child as Node)) descend(schema as Node, visit)
    else if (name !== 'examples' && name !== 'example') eachSchema(child, visit)
  }
}

function descend(schema: Node, visit: (schema: Node) => void): void {
  const { properties = {}, patternProperties = {}, items, additionalProperties, oneOf = [] } = schema
  const members = [...Object.values(properties as Node), ...Object.values(patternProperties as Node)]
  for (const part of [...members, items, additionalProperties, ...(oneOf as Node[])]) {
    if (typeof part === 'object' && part !== null) descend(part as Node, visit)
  }
  visit(schema)
}
