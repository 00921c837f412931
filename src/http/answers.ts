/** The schema of a text body. If a schema is named, the text is a stream of JSON values of that schema. */
export function textOf(schema?: string) {
  return { type: 'string', ...(schema && { contentSchema: { $ref: `${schema}#` } }) } as const
}

/** A JSON answer with the shared schema of this name. */
export function answer(schema: string, description: string, headers?: object) {
  return {
    description,
    ...(headers && { headers }),
    content: { 'application/json': { schema: { $ref: `${schema}#` } } }
  }
}

/** The same answers, with these headers added to the successful ones. */
export function ofSuccess(answers: object, headers: object): object {
  return Object.fromEntries(
    Object.entries(answers as Readonly<Record<string, { readonly headers?: object }>>).map(([status, answer]) => {
      return [status, /^2/.test(status) ? { ...answer, headers: { ...answer.headers, ...headers } } : answer]
    })
  )
}

/** An answer of text in one of these media types. */
export function text(description: string, types: readonly string[], schema?: string) {
  const content = types.map(type => [type, { schema: textOf(type === 'text/plain' ? undefined : schema) }])
  return { description, content: Object.fromEntries(content) as Record<string, object> }
}
