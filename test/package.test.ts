import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { OnTerminal } from './cli/on-terminal.ts'
import { temporaryFolder } from './helper.ts'
import { olderNode, run, withoutTap } from './outside-tap.ts'

const root = join(import.meta.dirname, '..')
t.setTimeout(300_000)

/** What an installed package may take, with the packages that it needs. */
const limits = { packages: 5, mebibytes: 20 }

t.test('the package that npm makes', async t => {
  const folder = await temporaryFolder(t)
  const tarball = await pack(folder)

  t.test('holds the programs, the licenses of what is in them, and the client with its types; no tests', async t => {
    const { stdout: list } = await run('tar', ['-tzf', tarball], folder)
    const files = list.split('\n').map(file => file.replace('package/', ''))
    for (const file of [
      'dist/src/cli/main.js',
      'dist/src/supervisor/main.js',
      'dist/client/client.d.ts',
      'dist/licenses.txt',
      'openapi.yaml',
      'dist/openapi.yaml',
      'dist/openapi.json',
      'dist/asyncapi.yaml'
    ]) {
      t.ok(files.includes(file), file)
    }
    t.same(
      files.filter(file => /\btest|fixtures/.test(file)),
      []
    )
  })

  t.test('is the same, byte for byte, when it is made again', async t => {
    const again = await temporaryFolder(t)
    t.ok((await readFile(await pack(again))).equals(await readFile(tarball)))
  })

  await writeFile(join(folder, 'package.json'), '{"private":true}')
  const install = await npm(
    ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball],
    folder
  )

  t.test('installs few packages, without install scripts and without a warning', async t => {
    t.notMatch(install, /EBADENGINE|deprecated|install-scripts/)
    const { packages } = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
    t.ok(Object.keys(packages).length <= limits.packages, Object.keys(packages).join(' '))
    const { stdout } = await run('du', ['-sk', 'node_modules'], folder)
    t.ok(Number.parseInt(stdout, 10) <= limits.mebibytes * 1_024, stdout)
  })

  t.test('exports the client and the contract', async t => {
    const code =
      "import { GatewayClient } from 'weft-gateway/client'; import.meta.resolve('weft-gateway/asyncapi.yaml'); console.log(new GatewayClient().launch.name)"
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], folder)
    t.equal(stdout, 'launch\n')
  })

  t.test('runs where it is installed', async t => {
    const command = (argument: string) => run(process.execPath, [binary(folder), argument], folder)
    t.equal((await command('--version')).stdout, `${packageJson.version}\n`)
    await t.rejects(command('--nonsense'), { code: 64, stderr: /^weft-gateway: Unknown option '--nonsense'/ })
  })

  t.test('launches by FFI, and ends with its exit code', async t => {
    const gateway = await start(t, folder)
    const session = await launchClock(gateway.address)
    t.match(session, { state: 'running', ready: { greeting: 'tick' } })
    for (const path of ['/openapi.yaml', '/openapi.json', '/asyncapi.yaml', '/docs', '/docs/swagger-ui-bundle.js']) {
      t.equal((await fetch(`${gateway.address}${path}`)).status, 200, path)
    }
    const supervisor = `/proc/${await parentOf(session.pid)}`
    t.match(await readFile(`${supervisor}/cmdline`, 'utf8'), 'dist/src/supervisor/main.js')
    t.match(await readFile(`${supervisor}/maps`, 'utf8'), 'koffi.node')
    gateway.child.kill('SIGTERM')
    t.same(await once(gateway.child, 'exit'), [0, null])
    t.notOk(readdirSync('/proc').includes(String(session.pid)), 'the session is gone, too')
  })

  t.test('starts on a terminal, too, and says there what it offers', async t => {
    const stateDir = await temporaryFolder(t)
    const terminal = new OnTerminal(t, ['--port', '0', ...demosOf(folder), '--state-dir', stateDir], {
      columns: 80,
      program: binary(folder)
    })
    await terminal.until(/apps: .*demo\.clock.*listening on/s)
    terminal.type('\u0003')
    t.equal(await terminal.exited, 0)
  })

  const older = await olderNode()
  t.test('an older Node is told in one line', { skip: !older && 'this machine has no older Node' }, async t => {
    await t.rejects(run(String(older), [binary(folder), '--version'], folder), {
      code: 78,
      stdout: '',
      stderr: /^weft-gateway needs Node 24 or newer; .+ is Node 2[0-3]\.[0-9.]+\.\n$/
    })
  })
})

/** Into `folder`. @returns the path of the tarball */
async function pack(folder: string): Promise<string> {
  await npm(['pack', '--pack-destination', folder], root)
  return join(folder, `weft-gateway-${packageJson.version}.tgz`)
}

/** On the Node of the tests. @returns what it says on stderr */
async function npm(args: string[], cwd: string): Promise<string> {
  return (await run('npm', args, cwd)).stderr
}

function binary(folder: string): string {
  return join(folder, 'node_modules/.bin/weft-gateway')
}

function demosOf(folder: string): string[] {
  return ['--config', join(folder, 'node_modules/weft-gateway/weft-gateway.toml')]
}

async function parentOf(pid: number): Promise<string> {
  return /^PPid:\t(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
}

async function start(t: Test, folder: string): Promise<{ child: ChildProcess; address: string }> {
  const stateDir = await temporaryFolder(t)
  const flags = ['--port', '0', '--log-level', 'error', ...demosOf(folder), '--state-dir', stateDir]
  const child = spawn('env', [...withoutTap, process.execPath, binary(folder), ...flags], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, address: String(line).replace('weft-gateway listens on ', '') }
}

async function launchClock(address: string): Promise<{ pid: number }> {
  const response = await fetch(`${address}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=20' },
    body: '{"appId":"demo.clock"}'
  })
  return (await response.json()) as { pid: number }
}
