import { ConfigFile } from './schema.ts'

/**
 * The JSON Schema of a configuration file, for editors. Where the gateway fills a default in, a setting need not be in the
 * file, which the schema that validates it can't say: it describes the settings with their defaults.
 */
export function fileSchema(): object {
  // Removes also the symbols that TypeBox adds.
  const plain: object = JSON.parse(JSON.stringify(ConfigFile))
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'weft-gateway.toml',
    ...(withoutFilledIn(plain) as object)
  }
}

type Node = Readonly<Record<string, unknown>>

function withoutFilledIn(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutFilledIn)
  if (!isTable(node)) return node
  const { properties } = node
  const entries = Object.entries(node).flatMap(([name, value]) => {
    if (name === 'default' || name === 'enum' || name === 'const') return [[name, value]]
    if (name !== 'required' || !Array.isArray(value) || !isTable(properties)) return [[name, withoutFilledIn(value)]]
    const needed = value.filter(key => !hasDefault(properties[key]))
    return needed.length > 0 ? [[name, needed]] : []
  })
  return Object.fromEntries(entries)
}

function hasDefault(schema: unknown): boolean {
  return isTable(schema) && 'default' in schema
}

function isTable(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
