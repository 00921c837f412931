/* The rules that keep openapi.yaml usable by the generators of many languages: each has broken one of them. */

interface Node {
  readonly [member: string]: unknown
}

/** Reserved in Java, Go, Rust, C#, TypeScript, Kotlin or Swift. `from` is reserved in Python alone, whose generators rename it. */
const reservedWords = new Set(
  `abstract as assert async await bool boolean break byte case catch chan char class const continue crate def default defer del do
   double dyn elif else enum except export extends extern false final finally float fn for foreach func function global go goto
   if impl implements import in int interface internal is lambda let lock long loop map match mod module move mut namespace native
   new nil nonlocal null object operator or out override package params pass private protected public pub raise range readonly ref
   return select self short sizeof static str string struct super switch synchronized this throw throws trait transient true try
   type typeof union unsafe use using val var virtual void volatile where while with yield`.split(/\s+/)
)

/** The places of an OpenAPI document that some generator can't handle, each with what is wrong. */
export function portabilityFaults(document: Node): string[] {
  return [...faultsBelow(document, ''), ...collisions(document)]
}

/** Names that are one in Go: those of types, whatever their case, and values of enumerations, whatever their type. */
function* collisions({ components = {} }: { readonly components?: object }): Generator<string> {
  const { schemas = {}, parameters = {} } = components as Record<string, Record<string, Node>>
  const types = [...Object.keys(schemas), ...Object.keys(parameters)].map(name => name.toLowerCase())
  for (const name of repeated(types)) yield `${name} is the name of several components`
  const values = Object.values(schemas).flatMap(schema => (schema.enum ?? []) as string[])
  for (const value of repeated(values)) yield `${value} is a value of several enums`
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}

function* faultsBelow(node: unknown, path: string): Generator<string> {
  if (typeof node === 'string' && node.includes('*/')) yield `${path}: */ ends a comment`
  if (typeof node !== 'object' || node === null) return
  for (const fault of faultsOf(node as Node, path)) yield `${path}: ${fault}`
  for (const [name, child] of Object.entries(node)) {
    if (!isData(name, path)) yield* faultsBelow(child, `${path}/${name.replaceAll('/', '~1')}`)
  }
}

/** Examples and other values are no schemas. */
function isData(name: string, path: string): boolean {
  return /^(examples?|default|value)$/.test(name) && !/\/(properties|responses|schemas|components)$/.test(path)
}

function* faultsOf(node: Node, path: string): Generator<string> {
  if (/\/properties$/.test(path)) return
  const { type, format, enum: values } = node
  const isNamed = /^\/components\/schemas\/\w+$/.test(path)
  if (type === 'integer' && format !== 'int32' && format !== 'int64') yield 'an integer without a format'
  if (type === 'number' && format !== 'double') yield 'a number without a format'
  if (Array.isArray(type) || type === 'null') yield 'several types'
  if ('const' in node) yield 'a const'
  for (const union of ['oneOf', 'anyOf', 'allOf']) if (union in node) yield `a union, ${union}`
  if (Array.isArray(values)) {
    if (!isNamed) yield 'an enum without a name'
    if (values.length === 1) yield 'an enum of one value'
    if (values.some(value => typeof value !== 'string')) yield 'an enum of other values than strings'
  }
  if (Array.isArray(node['x-extensible-enum']) && values) yield 'an enum that is open and closed'
  if (typeof node.in === 'string' && reservedWords.has(String(node.name))) yield `${node.name} is a reserved word`
  if (node.$ref && Object.keys(node).length > 1) yield 'a reference with siblings'
  const { content } = node as { readonly content?: Node }
  for (const media of Object.keys(content ?? {})) {
    if (/ndjson|event-stream/.test(media)) yield `an answer that is a stream, ${media}`
  }
}
