import fc from 'fast-check'
import { openapi } from '../contract/committed.ts'

/* Requests for every operation, as the contract describes it and as it does not: valid members mixed with nonsense. */

export interface FuzzRequest {
  /** Method and path as the contract has them. */
  readonly operation: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | undefined
}

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly 'x-extensible-enum'?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly examples?: readonly unknown[]
}

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly schema: Schema
}

interface Operation {
  readonly method: string
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
}

const nonsense = fc.oneof(
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.constantFrom(
    '',
    '-1',
    '0',
    '1.5',
    '9007199254740993',
    '1e300',
    'null',
    '../x',
    '%00',
    '%',
    'a=b',
    '__proto__',
    '\u2028'
  ),
  fc.integer().map(String),
  fc.string({ minLength: 3_000, maxLength: 5_000 })
)

const json = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(
    [],
    {},
    null,
    0,
    true,
    { appId: 'quick', labels: { '': 'x' } },
    { appId: ['quick'] },
    { appId: 'quick', x: 1 }
  ),
  fc.dictionary(
    fc.constantFrom('appId', 'labels', 'env', '__proto__', 'constructor', 'x'),
    fc.jsonValue({ maxDepth: 2 })
  )
)

export const operations = operationsOf(openapi as Document)

/** Node closes connections on which the head of a request is larger than 16 KiB, whatever came before it. */
const maxUrlLength = 12_000

export const anyRequest: fc.Arbitrary<FuzzRequest> = fc
  .constantFrom(...operations)
  .chain(requestFor)
  .filter(({ url }) => url.length <= maxUrlLength)

function requestFor({ method, path, parameters, body }: Operation): fc.Arbitrary<FuzzRequest> {
  const of = (place: Parameter['in'], arbitrary: (schema: Schema) => fc.Arbitrary<unknown>) =>
    Object.fromEntries(
      parameters.filter(each => each.in === place).map(({ name, schema }) => [name, arbitrary(schema)])
    )
  return fc
    .record({
      params: fc.record(of('path', anyValueOf)),
      query: fc.record(of('query', anyValueOf), { requiredKeys: [] }),
      extra: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: nonsense }),
      headers: fc.record(of('header', headerOf), { requiredKeys: [] }),
      accept: fc.constantFrom('application/json', '*/*', 'text/plain', 'application/x-ndjson', 'image/png', undefined),
      type: fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', undefined),
      payload: fc.oneof({ weight: 9, arbitrary: bodyOf(body) }, { weight: 1, arbitrary: nonsense })
    })
    .map(({ params, query, extra, headers, accept, type, payload }) => ({
      operation: `${method} ${path}`,
      method,
      url: `${path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))}?${search(query, extra)}`,
      headers: {
        host: 'localhost',
        ...(headers as Record<string, string>),
        ...streamless(path, accept),
        ...(body && type && { 'content-type': type })
      },
      payload: body && payload
    }))
}

function search(query: object, extra: string | undefined): URLSearchParams {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, String(one)])
  )
  return new URLSearchParams(extra ? [...pairs, ['x', extra]] : pairs)
}

/** A stream of events does not end by itself. */
function streamless(path: string, accept: string | undefined): Record<string, string> {
  if (path === '/events') return { accept: 'application/json' }
  return accept === undefined ? {} : { accept }
}

function anyValueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: validOf(schema) }, { weight: 1, arbitrary: nonsense })
}

function headerOf(schema: Schema): fc.Arbitrary<string> {
  const text = fc.oneof(validOf(schema).map(String), fc.string({ maxLength: 60 }))
  return text.map(value => value.replace(/[^\x20-\x7e]/g, '') || 'x')
}

const words = ['quick', 'crash', 'no.such', 'team=a', 'wait=0', 'draining', 'abc.1', '']

/** Waits and follows stay short: what is long is tested elsewhere. */
function validOf(schema: Schema): fc.Arbitrary<unknown> {
  const {
    type,
    'x-extensible-enum': open,
    enum: choices = open,
    items,
    minimum = 0,
    maximum = 20,
    examples = [],
    pattern = ''
  } = schema
  if (choices) return fc.constantFrom(...choices)
  if (type === 'array' && items) return fc.array(validOf(items), { maxLength: 3 })
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer') return fc.integer({ min: minimum, max: Math.min(maximum, minimum + 40) })
  const fitting = [...examples, ...words].map(String).filter(word => new RegExp(pattern).test(word))
  return fc.constantFrom(...(fitting.length > 0 ? fitting : words))
}

function bodyOf(schema: Schema | undefined): fc.Arbitrary<string> {
  if (!schema) return fc.constant('')
  const valid = fc.record(
    {
      appId: fc.constantFrom('quick', 'quick', 'crash', 'no.such', '-x', '../x'),
      labels: fc.dictionary(fc.constantFrom('team', 'a', 'b.c/d', 'x y'), fc.string({ maxLength: 5 }), { maxKeys: 2 }),
      env: fc.dictionary(fc.constantFrom('GREETING', 'GREETING', 'PATH', 'x y'), fc.string({ maxLength: 5 }), {
        maxKeys: 1
      })
    },
    { requiredKeys: ['appId'] }
  )
  return fc.oneof({ weight: 3, arbitrary: valid }, { weight: 1, arbitrary: json }).map(value => JSON.stringify(value))
}

interface Document {
  readonly paths: Record<
    string,
    Record<string, { parameters?: (Parameter | { $ref: string })[]; requestBody?: object }>
  >
  readonly components: {
    readonly schemas: Record<string, Schema>
    readonly parameters: Record<string, Parameter>
  }
}

function operationsOf(document: Document): Operation[] {
  const { schemas, parameters: shared } = document.components
  const nameOf = ($ref: string) => $ref.split('/').at(-1) as string
  const resolve = (schema: Schema): Schema => {
    const { $ref, items, ...rest } = schema
    const named = $ref === undefined ? undefined : schemas[nameOf($ref)]
    return { ...rest, ...named, ...(items && { items: resolve(items) }) }
  }
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'post', 'delete', 'head'].includes(method))
      .map(([method, { parameters = [], requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        parameters: parameters
          .map(parameter => ('$ref' in parameter ? (shared[nameOf(parameter.$ref)] as Parameter) : parameter))
          .map(parameter => ({ ...parameter, schema: resolve(parameter.schema) })),
        body: requestBody && {}
      }))
  )
  return [...described, ...streamsLike(described)]
}

/** Streams are not in the document. They take some of the parameters of the pages of the same things. */
function streamsLike(operations: readonly Operation[]): Operation[] {
  const like = (page: string, path: string, names: readonly string[]) =>
    operations
      .filter(operation => operation.path === page)
      .map(operation => ({
        ...operation,
        path,
        parameters: operation.parameters.filter(each => names.includes(each.name))
      }))
  return [
    ...like('/events/history', '/events', ['since', 'eventType', 'sessionId', 'appId', 'label', 'limit']),
    ...like('/sessions/{id}/log-lines', '/sessions/{id}/logs', ['id', 'tail', 'after', 'stream'])
  ]
}
