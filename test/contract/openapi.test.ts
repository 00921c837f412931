import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { parse } from 'yaml'
import { contractFiles } from '../../scripts/contract/files.ts'
import { build } from '../helper.ts'
import { openapi } from './committed.ts'

interface Parameter {
  readonly name: string
  readonly required?: boolean
  readonly schema: object
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: object }>>
}

interface Schema {
  readonly $ref?: string
  readonly oneOf?: readonly Schema[]
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Readonly<Record<string, string>> }
  readonly properties?: Readonly<Record<string, Schema>>
}

t.test('the files of the contract are what the schemas of the routes give; npm run openapi writes them', async t => {
  for (const [name, content] of Object.entries(await contractFiles())) t.equal(await committed(name), content, name)
})

t.test('every operation has an id, a summary, a known tag, parameters with a schema, and its errors', async t => {
  const { paths = {}, tags = [] } = openapi as { paths?: object; tags?: { name: string }[] }
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      ...operation
    }))
  )
  const ids = operations.map(({ operationId }) => operationId)
  t.equal(new Set(ids).size, operations.length, 'the ids are unique')
  for (const { name, operationId, summary, tags: [tag] = [], parameters = [], responses } of operations) {
    t.match(operationId, /^[a-z]+([A-Z][a-z]+)*$/, `${name}: operationId`)
    t.match(summary, /^[A-Z].*[^.]$/, `${name}: summary`)
    t.ok(
      tags.some(known => known.name === tag),
      `${name}: tag`
    )
    for (const { name: parameter, schema, required } of parameters) {
      t.type(schema, 'object', `${name}: ${parameter}`)
      t.notOk(required && 'default' in schema, `${name}: ${parameter} has a default, so it is optional`)
    }
    const errors = Object.entries(responses).filter(([status]) => /^[45]/.test(status))
    t.ok(errors.length > 0, `${name}: errors`)
    for (const [status, { content = {} }] of errors) {
      t.same(Object.keys(content), ['application/problem+json'], `${name}: ${status}`)
    }
  }
})

t.test('the gateway serves the files, without what makes them', async t => {
  const fastify = await build(t)
  for (const [name, type] of [
    ['openapi.yaml', 'application/yaml'],
    ['openapi.json', 'application/json'],
    ['asyncapi.yaml', 'application/yaml']
  ] as const) {
    const { headers, body } = await fastify.inject(`/${name}`)
    t.match(headers['content-type'], type)
    t.equal(body, await committed(name), name)
  }
  t.notOk(fastify.hasDecorator('swagger'))
  t.same(parse(await committed('openapi.yaml')), openapi)
})

t.test('the program loads neither @fastify/swagger nor a YAML parser', async t => {
  const code = `await import(${JSON.stringify(new URL('../../src/app.ts', import.meta.url))})
    const { createRequire } = await import('node:module')
    console.log(Object.keys(createRequire('/').cache).join('\\n'))`
  // tap puts its loader into the environment of all children.
  const args = ['-u', 'NODE_OPTIONS', process.execPath, '--input-type=module', '--eval', code]
  const { stdout } = await promisify(execFile)('env', args)
  t.match(stdout, /node_modules\/fastify\//)
  t.notMatch(stdout, /node_modules\/(yaml|@fastify\/swagger|@fastify\/swagger-ui)\//)
})

t.test('unions are named, all their members have a type of their own, and nothing is null', async t => {
  const { components } = openapi as { components?: { schemas?: Record<string, Schema> } }
  const schemas = components?.schemas ?? {}
  const nameOf = ({ $ref = '' }: Schema) => $ref.replace('#/components/schemas/', '')
  const unions = Object.entries(schemas).filter(([, { oneOf }]) => oneOf)
  for (const [name, { oneOf = [], discriminator }] of unions) {
    t.equal(discriminator?.propertyName, 'type', name)
    t.same(discriminator?.mapping, Object.fromEntries(oneOf.map(member => [nameOf(member), member.$ref])), name)
    for (const member of oneOf) {
      const { type } = schemas[nameOf(member)]?.properties ?? {}
      t.same(type, { type: 'string', enum: [nameOf(member)] }, `${name}: ${nameOf(member)}`)
    }
  }
  const text = await committed('openapi.yaml')
  t.equal(text.match(/(oneOf|anyOf|allOf):/g)?.length, unions.length, 'there are no other unions')
  t.notMatch(text, /nullable|null$/m)
})

function committed(name: string): Promise<string> {
  return readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
}
