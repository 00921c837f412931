import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import t, { type Test } from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import { hashToken, newToken } from '../../src/gateway/access/token.ts'
import { temporaryFolder } from '../helper.ts'
import { Command, configFile, type Surroundings } from './command.ts'

const run = (t: Test, args: readonly string[], surroundings?: Surroundings) =>
  new Command(t, args, surroundings).ended()

const isLocked = (stateDir: string) => readdirSync(stateDir).some(name => /\.(lock|sock)$/.test(name))

t.test('--version and --help tell and exit 0', async t => {
  t.same(await run(t, ['--version']), { code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  for (const args of [['--help'], ['-h'], ['check', '--help'], ['serve', '-h'], ['help', 'serve']]) {
    const { code, stdout, stderr } = await run(t, args)
    t.same({ code, stderr }, { code: 0, stderr: '' })
    for (const word of ['WEFT_GATEWAY_STATE_DIR', 'WEFT_RUNTIME_BIN', args.length > 1 ? '--config' : 'check']) {
      t.match(stdout, word, `${args.join(' ')}: ${word}`)
    }
  }
})

t.test('in a clone that is not compiled the command says so', async t => {
  const clone = await temporaryFolder(t)
  await mkdir(join(clone, 'bin'))
  await configFile(clone, '{"type":"module"}', 'package.json')
  const program = join(clone, 'bin/weft-gateway.js')
  await copyFile(join(import.meta.dirname, '../../bin/weft-gateway.js'), program)
  const { status, stderr } = spawnSync(process.execPath, [program, 'ps'], { encoding: 'utf8', env: {} })
  t.equal(status, 78)
  t.match(stderr, /^weft-gateway is not compiled in this clone: npm run build .+\n$/)
})

t.test('an unknown flag, an unknown command and a missing value are wrong usage, which is 64', async t => {
  for (const args of [['--prot', '1'], ['launch'], ['check', 'this'], ['--port'], ['toString'], ['--help=x']]) {
    const { code, stdout, stderr } = await run(t, args)
    t.same({ code, stdout }, { code: 64, stdout: '' }, args.join(' '))
    t.match(stderr, /^weft-gateway: .+\n/)
    t.notMatch(stderr, /\n {4}at /)
  }
  t.match((await run(t, ['chekc'])).stderr, /Did you mean check\?\n$/)
  t.match((await run(t, ['--prot', '1'])).stderr, /Did you mean --port\?\n$/)
})

t.test('check prints the configuration in force as a file that has the same effect', async t => {
  const cwd = await temporaryFolder(t)
  const apps = { 'demo.x': { command: ['x', '--port', '{port}'], env: { A: 'b "c"' }, ready: { tcp: '{port}' } } }
  const file = await configFile(cwd, { limits: { maxStarting: 3 }, apps })
  const env = { WEFT_GATEWAY_PORT: '1234', WEFT_GATEWAY_LOG_LEVEL: 'warn', HOME: cwd }
  const first = await run(t, ['check', '--log-level', 'error'], { cwd, env })
  t.equal(first.code, 0)
  t.match(first.stdout, file)
  t.match(parse(first.stdout), {
    server: { host: '127.0.0.1', port: 1234, logLevel: 'error', stateDir: join(cwd, '.local/state/weft-gateway') },
    limits: { maxSessions: 1_000, maxStarting: 3 },
    apps
  })
  const again = await configFile(cwd, first.stdout, 'again.toml')
  const second = await run(t, ['check', '--config', again], { env: { HOME: cwd } })
  t.same(parse(second.stdout), parse(first.stdout))
  t.notOk(existsSync(join(cwd, '.local')), 'nothing was started or made')
})

t.test('a configuration with faults is 78, names all of them, and nothing is started', async t => {
  const cwd = await temporaryFolder(t)
  const file = await configFile(cwd, { server: { port: 'x' }, apps: { 'a.b': { comand: ['x'] } } })
  const stateDir = join(cwd, 'state')
  for (const command of [[], ['check']]) {
    const { code, stdout, stderr } = await run(t, [...command, '--state-dir', stateDir], { cwd })
    t.same({ code, stdout }, { code: 78, stdout: '' })
    for (const path of [file, 'server.port: ', 'apps."a.b".command: is missing', 'apps."a.b".comand: is not known']) {
      t.ok(stderr.includes(path), path)
    }
    t.notMatch(stderr, /\n {4}at /)
    t.notOk(existsSync(stateDir))
  }
  await configFile(cwd, 'x = = 1', 'broken.toml')
  const broken = await run(t, ['--config', 'broken.toml'], { cwd })
  t.equal(broken.code, 78)
  t.match(broken.stderr, /broken\.toml is not valid:\n {2}line 1, column \d+: /)
  const open = await run(t, ['--host', '0.0.0.0', '--port', '0', '--state-dir', stateDir])
  t.equal(open.code, 78)
  t.match(open.stderr, /--host: 0\.0\.0\.0 can be reached/)
  t.notOk(existsSync(stateDir))
})

t.test('D39: port 0 is any free port, and the line says the real one', async t => {
  const stateDir = await temporaryFolder(t)
  const gateway = new Command(t, ['--port', '0', '--state-dir', stateDir])
  const address = await gateway.address()
  t.match(address, /^http:\/\/127\.0\.0\.1:[1-9]\d+$/)
  t.same(await (await fetch(`${address}/readyz`)).json(), { status: 'ok' })
  t.equal(gateway.stdout.split('\n').length, 2, 'stdout has one line')
})

t.test('a gateway on every address says so, after a URL that works', async t => {
  const folder = await temporaryFolder(t)
  const tokens = [{ name: 'a', hash: hashToken(newToken()), scopes: ['read'] }]
  const config = await configFile(folder, { tokens })
  for (const [host, own] of [
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]']
  ] as const) {
    const args = ['--config', config, '--host', host, '--port', '0', '--state-dir', join(folder, `state${host.length}`)]
    const gateway = new Command(t, [...args, '--log-level', 'silent'])
    const address = await gateway.address()
    t.ok(address.startsWith(`http://${own}:`), address)
    t.equal(gateway.stdout, `weft-gateway listens on ${address} and every other address of this machine (${host})\n`)
    t.equal((await fetch(`${address}/livez`)).status, 200)
  }
})

t.test('--port brings TCP back where the file has a socket', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { server: { socket: 'gateway.sock', stateDir: 'state' } })
  const gateway = new Command(t, ['--port', '0', '--log-level', 'silent'], { cwd })
  t.match(await gateway.address(), /^http:\/\/127\.0\.0\.1:/)
  t.notOk(existsSync(join(cwd, 'gateway.sock')))
})

t.test('a port in use is told in one line, and nothing is left behind', async t => {
  const stateDir = await temporaryFolder(t)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const port = String((taken.address() as { port: number }).port)
  const args = ['--port', port, '--state-dir', stateDir, '--log-level', 'silent']
  const { code, stdout, stderr } = await run(t, args)
  t.same({ code, stdout }, { code: 1, stdout: '' })
  t.match(stderr, new RegExp(`^weft-gateway: Port ${port} of 127\\.0\\.0\\.1 is in use; .+\\n$`))
  t.notOk(isLocked(stateDir))
})

t.test('D38: a socket in use is left alone, told in one line; one that nobody serves is replaced', async t => {
  const folder = await temporaryFolder(t)
  const socket = join(folder, 'gateway.sock')
  const start = (name: string) =>
    new Command(t, ['--socket', socket, '--state-dir', join(folder, name), '--log-level', 'silent'])
  const first = start('first')
  t.equal(await first.address(), socket)
  t.equal(statSync(socket).mode & 0o777, 0o600)
  const second = await start('second').ended()
  t.same({ code: second.code, stdout: second.stdout }, { code: 1, stdout: '' })
  t.equal(second.stderr, `weft-gateway: The socket ${socket} is in use.\n`)
  t.notOk(isLocked(join(folder, 'second')))
  t.ok(statSync(socket).isSocket(), 'the first one has its socket')

  first.child.kill('SIGKILL')
  await first.exited
  t.ok(existsSync(socket))
  const heir = start('first')
  t.equal(await heir.address(), socket)
  heir.child.kill('SIGTERM')
  t.equal(await heir.exited, 0)
  t.notOk(existsSync(socket), 'it goes with the gateway')

  await mkdir(join(folder, 'taken'))
  const other = join(folder, 'taken')
  const folderThere = await run(t, ['--socket', other, '--state-dir', join(folder, 'third'), '--log-level', 'silent'])
  t.same(folderThere.code, 1)
  t.equal(folderThere.stderr, `weft-gateway: ${other} exists and is not a socket.\n`)
})

t.test('a second gateway on a state folder in use says why and disturbs nothing', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { apps: { idle: { command: ['sh', '-c', 'echo READY; exec sleep 1000'] } } })
  const stateDir = join(cwd, 'state')
  const args = ['--port', '0', '--state-dir', stateDir, '--log-level', 'silent']
  const first = new Command(t, args, { cwd })
  const url = await first.address()
  const launched = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: '{"appId":"idle"}'
  })
  const session = await launched.json()
  const second = await run(t, args, { cwd })
  t.same({ code: second.code, stdout: second.stdout }, { code: 1, stdout: '' })
  t.match(second.stderr, /^weft-gateway: Another gateway runs on the state folder .+\n$/)
  t.match(await (await fetch(`${url}/sessions/1`)).json(), session)
  t.equal((await fetch(`${url}/readyz`)).status, 200)
})

t.test('a state folder that can’t be made is told in one line', async t => {
  const folder = await temporaryFolder(t)
  const file = await configFile(folder, '')
  for (const stateDir of [join(file, 'state'), join(folder, 'x'.repeat(120))]) {
    const { code, stderr } = await run(t, ['--port', '0', '--state-dir', stateDir, '--log-level', 'silent'])
    t.equal(code, 1)
    t.match(stderr, /^weft-gateway: .+\n$/)
  }
})

t.test(
  'check warns of programs and folders that are not there, and of hosts that are allowed without tokens',
  async t => {
    const cwd = await temporaryFolder(t)
    await configFile(cwd, {
      server: { socket: join(cwd, 'no', 'gateway.sock'), allowedHosts: ['gateway.example'] },
      apps: {
        fine: { command: ['sh'] },
        later: { command: ['{env.X}'] },
        gone: { command: ['no-such-program'] },
        folder: { command: ['sh'], cwd: 'missing' },
        path: { command: ['./nothing'] }
      }
    })
    const { code, stdout, stderr } = await run(t, ['check'], { cwd, env: { WEFT_RUNTIME_BIN: '/no/runtime' } })
    t.equal(code, 0)
    t.match(parse(stdout), { apps: {} })
    const lines = stderr.trimEnd().split('\n')
    t.match(lines, [
      'weft-gateway: warnings:',
      /^ {2}server\.allowedHosts: without \[\[tokens\]\]/,
      `  server.socket: the folder ${join(cwd, 'no')} does not exist`,
      /^ {2}apps\.gone\.command: there is no program 'no-such-program' on the PATH/,
      `  apps.folder.cwd: the folder ${join(cwd, 'missing')} does not exist`,
      `  apps.path.command: there is no program ${join(cwd, 'nothing')}`,
      /^ {2}WEFT_RUNTIME_BIN: there is no program \/no\/runtime/
    ])
    t.equal(lines.length, 7)
  }
)

t.test(
  'check warns of interpreters, scripts and readiness commands that are not there, in the PATH of the app',
  async t => {
    const cwd = await temporaryFolder(t)
    const script = (name: string, text: string) => writeFile(join(cwd, name), text, { mode: 0o755 })
    await script('gone', '#!/no/interpreter -x\n')
    await script('by-env', '#!/usr/bin/env no-such-interpreter\n')
    await script('fine', '#!/bin/sh\n')
    await script('tool', '#!/bin/sh\n')
    const ready = { command: ['pg_is_not_ready', '-q'] }
    await configFile(cwd, {
      apps: {
        fine: { command: ['./fine', 'missing.js'] },
        inline: { command: ['sh', '-c', 'exit'] },
        later: { command: ['sh', '{env.SCRIPT}'] },
        'own.path': { command: ['tool'], env: { PATH: cwd } },
        gone: { command: ['./gone'] },
        env: { command: ['./by-env'] },
        script: { command: ['sh', 'start.sh'] },
        'asks.pg': { command: ['sh'], ready }
      }
    })
    const { code, stderr } = await run(t, ['check'], { cwd })
    t.equal(code, 0)
    const lines = stderr.trimEnd().split('\n')
    t.match(lines, [
      'weft-gateway: warnings:',
      `  apps.gone.command: ${cwd}/gone needs the interpreter /no/interpreter, which is not there`,
      new RegExp(`^  apps.env.command: ${cwd}/by-env is run by no-such-interpreter: there is no program`),
      `  apps.script.command: there is no file ${cwd}/start.sh, which sh is to run`,
      /^ {2}apps\."asks\.pg"\.ready\.command: there is no program 'pg_is_not_ready' on the PATH/
    ])
    t.equal(lines.length, 5)
  }
)

t.test(
  'what an option or a variable says is not blamed on the file, and a file that is not there is named',
  async t => {
    const cwd = await temporaryFolder(t)
    await configFile(cwd, '')
    t.match(await run(t, ['check', '--port', 'abc'], { cwd }), {
      code: 78,
      stderr: /^weft-gateway: The command line .*\n {2}--port: .*"abc"/
    })
    const env = { WEFT_GATEWAY_PORT: 'abc' }
    t.match(await run(t, ['check'], { cwd, env }), { code: 78, stderr: / {2}WEFT_GATEWAY_PORT: .*"abc"/ })
    const missing = await run(t, ['check', '--config', 'missing.toml'], { cwd })
    t.match(missing, { code: 78, stderr: /\n {2}--config: there is no such file \(.*missing\.toml\)/ })
  }
)

t.test('the missing folder of a socket is named', async t => {
  const folder = await temporaryFolder(t)
  const socket = join(folder, 'no', 'gateway.sock')
  const { code, stderr } = await run(t, [
    '--socket',
    socket,
    '--state-dir',
    join(folder, 'state'),
    '--log-level',
    'silent'
  ])
  t.equal(code, 1)
  t.equal(stderr, `weft-gateway: The folder ${join(folder, 'no')} of the socket ${socket} does not exist.\n`)
  t.same(readdirSync(folder), [], 'and nothing is made')
})

t.test('a socket can be in the state folder, which is made at the first start', async t => {
  const stateDir = join(await temporaryFolder(t), 'state')
  const socket = join(stateDir, 'gateway.sock')
  const gateway = new Command(t, ['--socket', socket, '--state-dir', stateDir, '--log-level', 'silent'])
  t.equal(await gateway.address(), socket)
})
