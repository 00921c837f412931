import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from './helper.ts'

const root = join(import.meta.dirname, '..')
const biome = join(root, 'node_modules', '.bin', 'biome')

/** What every room may import. */
const harmless = './beside.ts'

/** For each room: what a file in it must not import, one example of each fence. */
const violations: Readonly<Record<string, readonly string[]>> = {
  'src/planted.ts': ['fastify', 'node:child_process', './gateway/errors.ts', './supervisor/ports.ts', './app.ts'],
  'src/server/planted.ts': [
    '../gateway/weft/weft.ts',
    '../supervisor/ports.ts',
    '../cli/main.ts',
    'node:child_process',
    'node:sqlite',
    'koffi'
  ],
  'src/cli/planted.ts': [
    '../gateway/weft/weft.ts',
    'fastify',
    '../app.ts',
    '../../plugins/gateway.ts',
    '../supervisor/ports.ts',
    'node:sqlite'
  ],
  'src/session/planted.ts': ['fastify', 'node:fs', '../users/users.ts', '../gateway/errors.ts', '../protocol/fact.ts'],
  'src/protocol/planted.ts': [
    'fastify',
    'node:child_process',
    'node:sqlite',
    '../gateway/errors.ts',
    '../supervisor/x.ts'
  ],
  'src/session-log/planted.ts': ['fastify-plugin', 'node:child_process', '../gateway/errors.ts', '../supervisor/x.ts'],
  'src/readiness/planted.ts': ['fastify', 'node:sqlite', '../config/schema.ts', '../supervisor/x.ts'],
  'src/users/planted.ts': ['fastify', 'node:child_process', '../config/schema.ts', '../supervisor/x.ts'],
  'src/limits/planted.ts': ['fastify', 'node:child_process', '../config/schema.ts', '../supervisor/x.ts'],
  'src/template/planted.ts': ['fastify', 'node:child_process', '../config/schema.ts', '../supervisor/x.ts'],
  'src/supervisor/planted.ts': [
    'fastify',
    'node:child_process',
    'node:sqlite',
    '../gateway/errors.ts',
    '../config/load.ts'
  ],
  'src/supervisor/processes/planted.ts': [
    'node:child_process',
    '../../gateway/errors.ts',
    '../../../routes/apps/index.ts'
  ],
  'src/supervisor/processes/child-process.ts': ['fastify', 'node:sqlite', '../../gateway/errors.ts', '../../app.ts'],
  'src/gateway/registry/planted.ts': [
    '../weft/weft.ts',
    ...['fastify', '@fastify/websocket', '../../../plugins/feed.ts', '../../../routes/apps/index.ts', '../../app.ts'],
    ...[
      '../../supervisor/ports.ts',
      '../../http/problems.ts',
      '../../../../clients/typescript/src/client.ts',
      'node:child_process',
      'node:sqlite',
      'koffi'
    ]
  ],
  'src/gateway/store/planted.ts': [
    '../weft/weft.ts',
    'fastify',
    '../../supervisor/ports.ts',
    '../../http/problems.ts',
    'node:child_process'
  ],
  'src/gateway/supervisor-link/start.ts': [
    '../weft/weft.ts',
    'fastify',
    '../../supervisor/ports.ts',
    '../../http/problems.ts',
    'node:sqlite'
  ],
  'src/config/planted.ts': ['fastify', '../gateway/errors.ts', '../supervisor/ports.ts', 'node:child_process'],
  'src/http/planted.ts': [
    '../gateway/weft/weft.ts',
    'fastify',
    '../../plugins/feed.ts',
    '../supervisor/ports.ts',
    '../cli/main.ts',
    'node:sqlite'
  ],
  'clients/typescript/src/planted.ts': [
    'fastify',
    '../../../src/gateway/errors.ts',
    '../../../src/session/session.ts',
    '../../../src/config/load.ts'
  ],
  'routes/sessions/planted.ts': [
    ...[
      'gateway',
      'store/store',
      'registry/registry',
      'registry/sessions',
      'feed/feed',
      'logs/reader',
      'launch/launcher'
    ].map(file => `../../src/gateway/${file}.ts`),
    '../../plugins/feed.ts',
    '../../src/supervisor/ports.ts',
    'node:child_process',
    'node:sqlite'
  ],
  'plugins/planted.ts': ['../routes/apps/index.ts', '../src/supervisor/ports.ts', '../src/app.ts', 'node:child_process']
}

t.test('each room refuses the imports that its fence names, and no other', async t => {
  const folder = await temporaryFolder(t)
  await copyFile(join(root, 'biome.json'), join(folder, 'biome.json'))
  for (const [file, imports] of Object.entries(violations)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), [...imports, harmless].map(name => `import '${name}'\n`).join(''))
  }
  const refused = refusals(folder)
  for (const [file, imports] of Object.entries(violations)) t.strictSame(refused(file), imports, file)

  function refusals(cwd: string): (file: string) => readonly string[] {
    const args = ['lint', '--reporter=github', '--max-diagnostics=none', '--vcs-enabled=false', '.']
    const { stdout } = spawnSync(biome, args, { cwd, encoding: 'utf8' })
    const lines = stdout.split('\n').filter(line => line.includes('noRestrictedImports'))
    return file => {
      const found = lines.filter(line => line.includes(`${file},line=`)).map(line => /,line=([0-9]+)/.exec(line)?.[1])
      return (violations[file] ?? []).concat(harmless).filter((_, index) => found.includes(String(index + 1)))
    }
  }
})

/** Of the instance or of a request. */
const partOfGateway = /\.(gateway|registry|supervisor)\b|\{[^{}]*\b(gateway|registry|supervisor)\b[^{}]*\} = /

t.test('routes reach the gateway through request.view, and through no part of it', async t => {
  const files = (await readdir(join(root, 'routes'), { recursive: true })).filter(name => name.endsWith('.ts'))
  t.ok(files.length > 10)
  for (const file of files) t.notMatch(await readFile(join(root, 'routes', file), 'utf8'), partOfGateway, file)
  t.match('const { feed } = fastify.gateway', partOfGateway)
  t.match('const { registry } = fastify', partOfGateway)
})
