import fc from 'fast-check'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t from 'tap'
import { openapi } from '../contract/committed.ts'
import { build, shell } from '../helper.ts'

/*
 * Every operation, as the contract describes it and as it does not: valid members mixed with nonsense. What comes back is
 * held to the contract by build(), which knows every status, content type and body. WEFT_FUZZ_REQUESTS makes it longer.
 */

const requests = Number(process.env.WEFT_FUZZ_REQUESTS ?? 20_000)
const batch = 50

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
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

t.test(`${requests} requests, valid and not, get what the contract promises`, { timeout: 1_200_000 }, async t => {
  const fastify = await build(t, {
    apps: { quick: shell('echo READY', { clientEnv: ['GREETING'] }), crash: shell('exit 3') },
    limits: { requestsPerMinute: 0 }
  })
  const operations = operationsOf(openapi as Document)
  t.ok(operations.length >= 12, `${operations.length} operations`)
  const statuses = new Map<string, number>()
  let sent = 0
  await fc.assert(
    fc.asyncProperty(fc.array(requestFor(operations), { minLength: batch, maxLength: batch }), async list => {
      const answers = await Promise.all(list.map(request => send(fastify, request)))
      sent += answers.length
      for (const { status, operation } of answers)
        statuses.set(`${operation} ${status}`, (statuses.get(`${operation} ${status}`) ?? 0) + 1)
      const failed = answers.find(({ status }) => status >= 500 && status !== 502 && status !== 503)
      if (failed) throw new Error(JSON.stringify(failed))
    }),
    { numRuns: Math.ceil(requests / batch), endOnFailure: true }
  )
  t.ok(sent >= requests)
  for (const [status, count] of [...statuses].sort()) t.comment(`${status}: ${count}`)
  t.equal((await fastify.inject('/readyz')).statusCode, 200, 'and the gateway is well')
})

interface Answer {
  readonly status: number
  readonly operation: string
  readonly request: InjectOptions
}

async function send(
  fastify: FastifyInstance,
  { operation, request }: { operation: string; request: InjectOptions }
): Promise<Answer> {
  const { statusCode: status } = await fastify.inject(request)
  return { status, operation, request }
}

function requestFor(operations: readonly Operation[]) {
  return fc.constantFrom(...operations).chain(operation => {
    const { method, path, parameters, body } = operation
    const of = (place: Parameter['in']) => parameters.filter(parameter => parameter.in === place)
    return fc
      .record({
        params: fc.record(Object.fromEntries(of('path').map(({ name, schema }) => [name, anyValueOf(schema)]))),
        query: fc.record(Object.fromEntries(of('query').map(({ name, schema }) => [name, anyValueOf(schema)])), {
          requiredKeys: []
        }),
        extra: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: nonsense }),
        headers: fc.record(Object.fromEntries(of('header').map(({ name, schema }) => [name, headerOf(schema)])), {
          requiredKeys: []
        }),
        accept: fc.constantFrom(
          'application/json',
          '*/*',
          'text/plain',
          'application/x-ndjson',
          'image/png',
          undefined
        ),
        type: fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', undefined),
        payload: fc.oneof({ weight: 9, arbitrary: bodyOf(body) }, { weight: 1, arbitrary: nonsense })
      })
      .map(({ params, query, extra, headers, accept, type, payload }) => {
        const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])))
        const search = new URLSearchParams(
          Object.entries(query).flatMap(([name, value]) =>
            [value].flat().map((one): [string, string] => [name, String(one)])
          )
        )
        if (extra) search.append('x', extra)
        return {
          operation: `${method} ${path}`,
          request: {
            method: method as 'GET',
            url: `${url}?${search}`,
            headers: {
              host: 'localhost',
              ...headers,
              ...streamless(path, accept),
              ...(body && type && { 'content-type': type })
            },
            ...(body && { payload })
          }
        }
      })
  })
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
  const { type, enum: choices, items, minimum = 0, maximum = 20, examples = [], pattern = '' } = schema
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
  readonly paths: Record<string, Record<string, { parameters?: Parameter[]; requestBody?: object }>>
  readonly components: { readonly schemas: Record<string, Schema> }
}

function operationsOf(document: Document): Operation[] {
  const resolve = (schema: Schema): Schema => {
    const { $ref, items, ...rest } = schema
    const named = $ref === undefined ? undefined : document.components.schemas[$ref.split('/').at(-1) as string]
    return { ...rest, ...named, ...(items && { items: resolve(items) }) }
  }
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'post', 'delete', 'head'].includes(method))
      .map(([method, { parameters = [], requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        // A log that is followed ends with its session only.
        parameters: parameters
          .filter(({ name }) => name !== 'follow')
          .map(parameter => ({ ...parameter, schema: resolve(parameter.schema) })),
        body: requestBody && {}
      }))
  )
}
