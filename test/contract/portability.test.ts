import { readFile } from 'node:fs/promises'
import t from 'tap'
import { parse } from 'yaml'
import { portabilityFaults } from './portability.ts'

for (const file of ['openapi.yaml', 'openapi-3.0.yaml']) {
  const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8')

  t.test(`generators of many languages can handle all of ${file}`, async t => {
    t.same(portabilityFaults(parse(text)), [])
  })

  t.test(`readers of YAML 1.1 read ${file} as those of 1.2 do`, async t => {
    t.same(parse(text, { version: '1.1' }), parse(text))
  })

  t.test(`${file} is small enough to be read`, async t => {
    t.ok(text.length < 60_000, `${text.length} bytes`)
  })
}

t.test('each rule of portability finds what breaks it', async t => {
  const schema = (members: object) => ({ components: { schemas: { A: { properties: { a: members } } } } })
  const parameter = (members: object) => ({ paths: { '/a': { get: { parameters: [{ in: 'query', ...members }] } } } })
  for (const [document, fault] of [
    [schema({ type: 'integer' }), /without a format/],
    [schema({ type: 'integer', format: 'int32', enum: [0, 1] }), /other values than strings/],
    [schema({ type: 'string', const: 'a' }), /a const/],
    [schema({ type: 'string', enum: ['a'] }), /one value/],
    [schema({ type: 'string', enum: ['a', 'b'] }), /without a name/],
    [schema({ oneOf: [] }), /a union/],
    [schema({ $ref: '#/a', description: 'A.' }), /siblings/],
    [schema({ type: ['string', 'null'] }), /several types/],
    [parameter({ name: 'for' }), /for is a reserved word/],
    [parameter({ name: 'type' }), /type is a reserved word/],
    [parameter({ name: 'a', schema: { enum: ['a', 'b'] } }), /without a name/],
    [{ components: { schemas: { Label: {} }, parameters: { label: {} } } }, /label is the name of several/],
    [{ components: { schemas: { A: { enum: ['a', 'b'] }, B: { enum: ['b', 'c'] } } } }, /b is a value of several/],
    [{ info: { description: 'Accepts */*.' } }, /ends a comment/],
    [{ responses: { 200: { content: { 'text/event-stream': {} } } } }, /a stream/]
  ] as const) {
    t.match(portabilityFaults(document).join('\n'), fault)
  }
})

t.test('values that can get more are open, and requests are checked against those of today', async t => {
  const { components } = parse(await readFile(new URL('../../openapi.yaml', import.meta.url), 'utf8'))
  for (const name of ['StopReason', 'ErrorCode', 'EventType', 'SessionState']) {
    const { type, enum: values, 'x-extensible-enum': today } = components.schemas[name]
    t.equal(type, 'string', name)
    t.equal(values, undefined, name)
    t.ok(today.length > 1, name)
  }
})
