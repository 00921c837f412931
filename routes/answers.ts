/** Text; where a schema is named, each message in it is JSON of that schema. */
export function textOf(schema?: string) {
  return { type: 'string', ...(schema && { contentSchema: { $ref: `${schema}#` } }) } as const
}

/** An answer of JSON: a shared schema by its name, with examples by theirs. */
export function answer(schema: string, description: string, examples: readonly string[], headers?: object) {
  return {
    description,
    ...(headers && { headers }),
    content: { 'application/json': { schema: { $ref: `${schema}#` }, examples: named(...examples) } }
  }
}

/** An answer of text of one of these media types, with examples by their names. */
export function text(description: string, types: Readonly<Record<string, readonly string[]>>, schema?: string) {
  const content = Object.entries(types).map(([type, examples]) => {
    return [type, { schema: textOf(type === 'text/plain' ? undefined : schema), examples: named(...examples) }]
  })
  return { description, content: Object.fromEntries(content) as Record<string, object> }
}

/** Examples of the contract by their names; the openapi plugin puts in what they stand for. */
export function named(...names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map(name => [name, {}]))
}
