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
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>
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
    for (const { name: parameter, schema, required } of parameters.map(resolve)) {
      t.type(schema, 'object', `${name}: ${parameter}`)
      t.notOk(required && 'default' in schema, `${name}: ${parameter} has a default, so it is optional`)
    }
    t.same(responses.default, { $ref: '#/components/responses/Problem' }, `${name}: errors`)
    t.notOk(
      Object.keys(responses).some(status => /^[345]/.test(status)),
      `${name}: one answer to all errors`
    )
  }
})

t.test('the gateway serves the files, without what makes them', async t => {
  const fastify = await build(t)
  for (const [name, type] of [
    ['openapi.yaml', 'application/yaml'],
    ['openapi.json', 'application/json'],
    ['openapi-3.0.yaml', 'application/yaml'],
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

t.test('nothing is null, and there is one type of event', async t => {
  const text = await committed('openapi.yaml')
  t.notMatch(text, /nullable|null$/m)
  const { Event, Launched } = openapi.components.schemas
  t.same(Event.properties.type, { $ref: '#/components/schemas/EventType' })
  t.notOk(Event.required.includes('session'), 'events without a session will come')
  t.equal(Launched, undefined)
})

t.test('no operation streams, and documents are not part of a generated client', async t => {
  const paths = Object.keys(openapi.paths)
  for (const path of ['/events', '/sessions/{id}/logs', '/openapi.yaml', '/asyncapi.yaml', '/docs']) {
    t.notOk(paths.includes(path), path)
  }
  t.match(openapi.info.description, /`GET \/events`.*`\/asyncapi.yaml`.*`GET \/sessions\/\{id\}\/logs`/)
})

t.test('headers and links are components; the server is the one that serves the document', async t => {
  const { components, paths, servers } = openapi
  t.equal(servers[0].url, '/')
  for (const name of ['X-Request-Id', 'RateLimit-Limit', 'WWW-Authenticate', 'Location', 'Link']) {
    t.ok(components.headers[name].description, name)
  }
  const { headers, links } = paths['/sessions'].post.responses[201]
  t.same(headers.Location, { $ref: '#/components/headers/Location' })
  t.same(links.waitForSession, { $ref: '#/components/links/waitForSession' })
  t.same(components.links.waitForSession.parameters, { id: '$response.body#/id' })
  t.same(components.links.listEvents.parameters, { since: '$response.body#/cursor' })
})

t.test('former names of parameters are not in the contract, nor headers that every request can have', async t => {
  const operations = Object.values<Record<string, Operation>>(openapi.paths).flatMap(item => Object.values(item))
  const names = operations.flatMap(({ parameters = [] }) => parameters.map(resolve).map(({ name }) => name))
  for (const name of ['for', 'type', 'if-none-match', 'prefer']) t.notOk(names.includes(name), name)
  for (const name of ['until', 'eventType', 'waitMs']) t.ok(names.includes(name), name)
})

function resolve(parameter: Parameter & { readonly $ref?: string }): Parameter {
  return parameter.$ref ? openapi.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter
}

function committed(name: string): Promise<string> {
  return readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
}
