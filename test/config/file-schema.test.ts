import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'smol-toml'
import t from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import { catalogueFile } from '../../src/cli/init/catalogue-file.ts'
import { fileSchema } from '../../src/config/file-schema.ts'
import { Command } from '../cli/command.ts'

const root = join(import.meta.dirname, '../..')

/** As an editor does it: nothing is filled in. */
const fits = new Ajv({ strict: false }).compile(fileSchema())

const files = [
  join(root, 'weft-gateway.toml'),
  ...readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.toml'))
    .map(name => join(root, 'examples', name))
]

t.test('an editor finds the schema of each example, and nothing wrong with the file', async t => {
  const published = resolve(root, packageJson.exports['./schema.json'])
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    const [, named = ''] = /^#:schema (\S+)\n/.exec(text) ?? []
    t.equal(resolve(file, '..', named), published, file)
    t.ok(fits(parse(text)), `${file}: ${JSON.stringify(fits.errors)}`)
  }
})

t.test('a new file has the line that names a schema, and fits it', async t => {
  const text = catalogueFile({ id: 'demo.web', command: ['node'], sign: { kind: 'http', port: 'given' } })
  t.match(text, /^#:schema \.\/weft-gateway\.schema\.json\n/)
  t.ok(fits(parse(text)), JSON.stringify(fits.errors))
})

t.test('the schema refuses what check refuses by its shape', async t => {
  for (const text of ['[apps.a]\ncomand = ["sh"]', '[apps.a]\ncommand = "sh"', '[server]\nport = "x"', '[[tokens]]']) {
    t.notOk(fits(parse(text)), text)
  }
})

t.test('the command prints it as it is published', async t => {
  const { stdout } = await new Command(t, ['schema']).ended()
  t.same(JSON.parse(stdout), fileSchema())
})
