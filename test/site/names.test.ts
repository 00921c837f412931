import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pagesByFile, root } from '../../scripts/site/pages.ts'
import { ConfigFile } from '../../src/config/schema.ts'
import { Command } from '../cli/command.ts'

const { properties } = ConfigFile
const settings = Object.entries(properties).flatMap(([section, { properties: members = {} }]) =>
  Object.keys(members as object).map(name => `${section}.${name}`)
)
const sections = Object.keys(properties)
const appProperties: Record<string, { readonly properties?: object }> =
  properties.apps.additionalProperties?.properties ?? {}
const appKeys = Object.entries(appProperties).flatMap(([name, { properties: members = {} }]) => [
  name,
  ...Object.keys(members).map(member => `${name}.${member}`)
])

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const codeOf = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string)

/** The second column of each table. */
const here = [...read('docs/coming-from.md').matchAll(/^\| [^|]+\| ([^|]+)\|/gm)].flatMap(([, cell]) =>
  codeOf(cell ?? '')
)

t.test('the keys that other process managers are translated to are keys of this one', t => {
  const keys = here.filter(code => /^[a-zA-Z.]+$/.test(code))
  t.ok(keys.length > 30)
  for (const key of new Set(keys)) t.ok([...appKeys, ...settings].includes(key), key)
  t.end()
})

t.test('the commands that those of other process managers are translated to are commands of this one', async t => {
  const commands = new Set(here.filter(code => code.startsWith('weft-gateway ')))
  t.ok(commands.size > 3)
  for (const command of commands) {
    const [, name = '', ...rest] = command.split(' ')
    const help = new Command(t, [name, '--help'])
    t.equal(await help.exited, 0, command)
    for (const flag of rest.filter(word => word.startsWith('-'))) t.match(help.stdout, flag, command)
  }
})

t.test('each setting that a page names is one of the configuration', t => {
  for (const file of pagesByFile().keys()) {
    if (file === 'CHANGELOG.md') continue
    for (const code of codeOf(read(file))) {
      const [, section = '', name] = /^([a-z]+)\.(\w+)$/.exec(code) ?? []
      // The name of a file, or of a subprotocol.
      const isOther = name === 'js' || name === 'ts' || code === 'weft.v1'
      if (isOther || !sections.includes(section) || section === 'apps' || section === 'tokens') continue
      t.ok([...settings, ...appKeys].includes(code), `${file}: ${code}`)
    }
  }
  t.end()
})
