import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import t, { type Test } from 'tap'
import { appIdOf, withPortPlaceholder } from '../../src/cli/init/app-id.ts'
import { temporaryFolder } from '../helper.ts'
import { Command } from './command.ts'
import { freePort } from './gateway.ts'

const root = join(import.meta.dirname, '../..')
const web = join(root, 'examples/web.mjs')

async function init(t: Test, args: readonly string[]) {
  const cwd = await temporaryFolder(t)
  const outcome = await new Command(t, ['init', ...args], { cwd }).ended()
  const file = join(cwd, 'weft-gateway.toml')
  const read = () =>
    parse(readFileSync(file, 'utf8')) as { apps: Record<string, { command: string[]; ready: object; env?: object }> }
  return { cwd, outcome, read }
}

t.test('init finds out that an app answers over HTTP, and what it wrote can be served and launched', async t => {
  const { cwd, outcome, read } = await init(t, [process.execPath, web, '--port', '3000'])
  t.match(outcome, { code: 0, stdout: /^wrote weft-gateway\.toml with the app 'web'\. It answered over HTTP/ })
  t.match(read().apps.web, {
    command: [process.execPath, web, '--port', '{port}'],
    ready: { http: 'http://127.0.0.1:{port}/' }
  })
  t.match(await new Command(t, ['check'], { cwd }).ended(), { code: 0, stderr: '' })
  const gateway = new Command(t, ['--port', '0', '--state-dir', join(cwd, 'state'), '--log-level', 'silent'], { cwd })
  const env = { WEFT_URL: await gateway.address() }
  t.match(await new Command(t, ['launch', 'web', '--wait'], { env }).ended(), { code: 0, stdout: /is running/ })
  t.match(await new Command(t, ['stop', '--app', 'web'], { env }).ended(), { code: 0, stdout: /a client asked/ })
})

for (const [what, args, id, app] of [
  ['prints READY', ['sh', '-c', 'echo READY; sleep 1000'], 'app', { ready: { line: 'READY' } }],
  [
    'prints a line about readiness',
    ['sh', '-c', 'echo "Server listening on :4000"; sleep 1000'],
    'app',
    { ready: { pattern: 'Server listening on' } }
  ],
  [
    'prints several lines about readiness, with a time and numbers',
    ['sh', '-c', 'echo "7:M 24 Nov 2026 09:08:07 * just started"; echo "7:M 24 Nov 2026 Ready to accept"; sleep 1000'],
    'app',
    { ready: { pattern: 'Ready to accept' } }
  ],
  [
    'takes PORT from its environment',
    [
      'python3',
      '-c',
      'import os, socket, time; s = socket.create_server(("127.0.0.1", int(os.environ["PORT"]))); time.sleep(1000)'
    ],
    'app',
    { env: { PORT: '{port}' }, ready: { tcp: '{port}' } }
  ],
  [
    'shows no sign',
    ['--seconds', '1', '--app', 'my.app', 'sleep', '1000'],
    'my.app',
    { command: ['sleep', '1000'], ready: { none: true } }
  ]
] as const) {
  t.test(`init declares an app that ${what}`, async t => {
    const { outcome, read } = await init(t, args)
    t.equal(outcome.code, 0, outcome.stderr)
    t.match(read().apps[id], app)
  })
}

t.test('init finds the port that an app opens without being told', async t => {
  const [web = 0, plain = 0] = [await freePort(), await freePort()]
  const answering = `require('http').createServer((_, answer) => answer.end()).listen(${web}, '127.0.0.1')`
  const first = await init(t, ['--app', 'web', '--', 'sh', '-c', `node -e "${answering}"; true`])
  t.match(first.outcome.stdout, `It answered over HTTP on port ${web}, which it chose itself`)
  t.match(first.read().apps.web, { ready: { http: `http://127.0.0.1:${web}/` }, env: undefined })
  const silent = `require('net').createServer().listen(${plain}, '127.0.0.1')`
  const second = await init(t, ['--app', 'plain', 'node', '-e', silent])
  t.match(second.read().apps.plain, { ready: { tcp: String(plain) } })
})

t.test('init shows why a command ended, and writes nothing if there is no such program', async t => {
  const failed = await init(t, ['sh', '-c', 'echo no database >&2; exit 3'])
  t.match(failed.outcome, {
    code: 0,
    stderr: /ended with exit 3 before it was ready\. Its last lines:\n {2}no database\n/
  })
  const missing = await init(t, ['no-such-program'])
  t.match(missing.outcome, { code: 1, stderr: "weft-gateway: there is no program 'no-such-program'\n" })
  t.throws(missing.read, { code: 'ENOENT' })
})

t.test('init replaces no file without --force', async t => {
  const { cwd } = await init(t, ['--no-try', 'first'])
  t.match(await new Command(t, ['init', '--no-try', 'second'], { cwd }).ended(), {
    code: 64,
    stderr: /exists: --force/
  })
  t.match(readFileSync(join(cwd, 'weft-gateway.toml'), 'utf8'), '[apps.first]')
  t.equal((await new Command(t, ['init', '--no-try', '--force', 'second'], { cwd }).ended()).code, 0)
  t.match(readFileSync(join(cwd, 'weft-gateway.toml'), 'utf8'), '[apps.second]')
})

t.test('the id is the name of the script or program', async t => {
  for (const [command, id] of [
    [['node', 'server.js'], 'server'],
    [['/usr/bin/redis-server', '--port', '1'], 'redis-server'],
    [['python3', '-m', 'http.server'], 'http'],
    [['sh', '-c', 'echo a; echo b'], 'app'],
    [['node', '-e', 'require("x")'], 'app']
  ] as const)
    t.equal(appIdOf(command), id, command.join(' '))
})

t.test('an argument that looks like a port becomes {port}', async t => {
  for (const [command, expected] of [
    [
      ['x', '--port', '80'],
      ['x', '--port', '{port}']
    ],
    [
      ['x', '--port=3000'],
      ['x', '--port={port}']
    ],
    [
      ['x', 'localhost:8080'],
      ['x', 'localhost:{port}']
    ],
    [
      ['x', '8000'],
      ['x', '{port}']
    ],
    [
      ['x', '80', '99999', 'v1000'],
      ['x', '80', '99999', 'v1000']
    ],
    [
      ['x', '{port}', '8000'],
      ['x', '{port}', '8000']
    ]
  ] as const)
    t.same(withPortPlaceholder(command), expected)
})
