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

/** The same answers, with these headers described where they tell of success. */
export function ofSuccess(answers: object, headers: object): object {
  return Object.fromEntries(
    Object.entries(answers as Readonly<Record<string, { readonly headers?: object }>>).map(([status, answer]) => {
      return [status, /^2/.test(status) ? { ...answer, headers: { ...answer.headers, ...headers } } : answer]
    })
  )
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
