import type { HeaderName } from './shapes/headers.ts'

/** The schema of a text body. If a schema is named, the text is a stream of JSON values of that schema. */
export function textOf(schema?: string) {
  return { type: 'string', ...(schema && { contentSchema: { $ref: `${schema}#` } }) } as const
}

/** A JSON answer with the shared schema of this name, and the headers that are of use to its readers. */
export function answer(schema: string, description: string, headers: readonly HeaderName[] = []) {
  return {
    description,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers.map(name => [name, { type: 'string' }])) }),
    content: { 'application/json': { schema: { $ref: `${schema}#` } } }
  }
}

/** An answer of text in one of these media types. */
export function text(description: string, types: readonly string[], schema?: string) {
  const content = types.map(type => [type, { schema: textOf(type === 'text/plain' ? undefined : schema) }])
  return { description, content: Object.fromEntries(content) as Record<string, object> }
}
