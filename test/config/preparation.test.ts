import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { check } from '../../src/config/validate.ts'
import { Command, configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

const command = ['true']
const dir = 'session'

t.test('faults of files, before, after and launchers are named with their paths', async t => {
  const { faults } = check({
    launchers: {
      podman: { wrap: [''], after: ['rm', ['x']] },
      other: { wrap: ['{nothing}'], stop: [''] }
    },
    apps: {
      paths: { command, dir, files: { '../a': { text: '' }, '/b': { text: '' }, 'c//d': { text: '' }, e: {} } },
      both: { command, dir, files: { a: { text: '', template: 't' } } },
      plain: { command, files: { a: { text: '' } } },
      empty: { command, before: [[''], ['true']], after: [['']] },
      near: { command, launcher: 'podmen' },
      far: { command, launcher: 'elsewhere' },
      braces: { command, before: [['echo', '{prot}']], files: { a: { text: '{porrt}' } }, dir },
      shape: { command, before: ['initdb'] }
    }
  })
  const found = Object.fromEntries(faults.map(({ path, detail }) => [path, detail]))
  t.match(found, {
    'launchers.podman.wrap': 'must name a program',
    'launchers.podman.after': 'must be either one command or a list of commands',
    'launchers.other.wrap': 'unknown placeholder {nothing}',
    'launchers.other.stop': 'must name a program',
    'apps.paths.files."../a"': 'must be a path in {dir}, without . and ..',
    'apps.paths.files."/b"': 'must be a path in {dir}',
    'apps.paths.files."c//d"': 'must be a path in {dir}',
    'apps.paths.files.e': 'must have either a template or a text',
    'apps.both.files.a': 'must have either a template or a text',
    'apps.plain.files': 'needs dir: the folder that they are written into',
    'apps.empty.before.0.0': 'must name a program',
    'apps.empty.after.0.0': 'must name a program',
    'apps.near.launcher': "there is no launcher 'podmen'; did you mean podman?",
    'apps.far.launcher': "there is no launcher 'elsewhere'; there is other, podman",
    'apps.braces.before.0.1': 'unknown placeholder {prot}, did you mean {port}?',
    'apps.braces.files.a.text': 'unknown placeholder {porrt}, did you mean {port}?',
    'apps.shape.before.0': 'must be array'
  })
})

t.test('files are put together, the nearest before, after and launcher count', async t => {
  const { config, faults } = check({
    launchers: { a: { wrap: ['nice'] }, b: { wrap: ['nice'] } },
    defaults: { launcher: 'a', dir, files: { one: { text: '1' } }, after: [['x']] },
    templates: { t: { files: { two: { text: '2' } }, before: [['y']] } },
    apps: { app: { command, use: 't', launcher: 'b', files: { two: { text: 'own' } } }, plain: { command, after: [] } }
  })
  t.same(faults, [])
  t.match(config.apps.app, {
    ...{ files: { one: { text: '1' }, two: { text: 'own' } }, before: [['y']], after: [['x']], launcher: 'b' }
  })
  t.match(config.apps.plain, { launcher: 'a', after: [] })
  t.same(check({ ...config, templates: {} }).faults, [], 'the settings in force are a configuration')
})

t.test('check warns of programs and templates that are not there', async t => {
  const cwd = await temporaryFolder(t)
  await writeFile(join(cwd, 'there.in'), 'a {port} {nothing} { }')
  await configFile(
    cwd,
    `[launchers.none]
wrap = ["no-such-launcher"]
[apps.a]
command = ["true"]
before = [["true"], ["no-such-before"]]
after = [["no-such-after"]]
[apps.b]
command = ["true"]
launcher = "none"
[apps.c]
command = ["true"]
dir = "session"
files."x.conf" = { template = "none.in" }
files.y = { template = "there.in" }
`
  )
  const { code, stderr } = await new Command(t, ['check'], { cwd }).ended()
  t.equal(code, 0)
  t.match(stderr, /apps\.a\.before\.1: there is no program 'no-such-before'/)
  t.match(stderr, /apps\.a\.after\.0: there is no program 'no-such-after'/)
  t.match(stderr, /apps\.b\.command: there is no program 'no-such-launcher'/)
  t.match(stderr, /apps\.c\.files\."x\.conf"\.template: there is no file .*none\.in/)
  t.match(stderr, /apps\.c\.files\.y\.template: .*there\.in has \{nothing\}, which is no placeholder/)
})
