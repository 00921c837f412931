import { statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { parse } from 'yaml'
import { toYaml } from '../../scripts/contract/yaml.ts'

t.test('what is short is on one line, and text there that YAML 1.1 can misread is in quotes', async t => {
  const name = { type: 'string', description: 'Can it be?', examples: ['a', '2026-11-22T18:00:00Z'] }
  const [line] = toYaml({ name, long: 'long '.repeat(40) }).split('\n')
  t.equal(line, 'name: { type: string, description: "Can it be?", examples: [ a, "2026-11-22T18:00:00Z" ] }')
})

t.test('what is written is what is read', async t => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => t.same(parse(toYaml(value)), value)),
    {
      numRuns: 200
    }
  )
})

t.test('openapi.yaml is less than 50 kB', async t => {
  for (const file of ['openapi.yaml', 'openapi-3.0.yaml']) {
    t.ok(statSync(join(import.meta.dirname, '../..', file)).size < 64_000, file)
  }
})
