import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { temporaryFolder } from './helper.ts'

const root = join(import.meta.dirname, '..')
// tap puts its loader, which tsc and an older Node can't bear, into the environment of all children.
const withoutTap = ['-u', 'NODE_OPTIONS']

const run = (file: string, args: string[], cwd = root) =>
  promisify(execFile)('env', [...withoutTap, file, ...args], { cwd })

t.setTimeout(300_000)

t.test('the package that npm makes', async t => {
  const folder = await temporaryFolder(t)
  await run('npm', ['pack', '--pack-destination', folder])
  const tarball = join(folder, `weft-gateway-${packageJson.version}.tgz`)
  const { stdout: list } = await run('tar', ['-tzf', tarball])
  const files = list.split('\n').map(file => file.replace('package/', ''))

  t.test('holds the program and its types, and no tests', async t => {
    for (const file of [
      'dist/src/cli/main.js',
      'dist/src/supervisor/main.js',
      'dist/src/client/client.d.ts',
      'openapi.yaml',
      'dist/openapi.yaml',
      'dist/openapi.json',
      'dist/asyncapi.yaml'
    ]) {
      t.ok(files.includes(file), file)
    }
    t.same(
      files.filter(file => /test|fixtures/.test(file)),
      []
    )
  })

  await writeFile(join(folder, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], folder)

  t.test('exports the client and the contract', async t => {
    const code =
      "import { GatewayClient } from 'weft-gateway/client'; import.meta.resolve('weft-gateway/asyncapi.yaml'); console.log(new GatewayClient().launch.name)"
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], folder)
    t.equal(stdout, 'launch\n')
  })

  for (const { node, version } of [{ node: process.execPath, version: process.version }, ...(await olderNode())]) {
    t.test(`runs where it is installed, under Node ${version}`, async t => {
      const gateway = (argument: string) =>
        run(node, [join(folder, 'node_modules/.bin/weft-gateway'), argument], folder)
      t.equal((await gateway('--version')).stdout, `${packageJson.version}\n`)
      await t.rejects(gateway('--nonsense'), { code: 64, stderr: /^weft-gateway: Unknown option '--nonsense'/ })
    })

    t.test(`launches, and ends with its signal and its exit code, under Node ${version}`, async t => {
      const gateway = await start(t, node, folder)
      const session = await launchClock(gateway.address)
      t.match(session, { state: 'running', ready: { greeting: 'tick' } })
      for (const path of ['/openapi.yaml', '/openapi.json', '/asyncapi.yaml', '/docs', '/docs/swagger-ui-bundle.js']) {
        t.equal((await fetch(`${gateway.address}${path}`)).status, 200, path)
      }
      gateway.child.kill('SIGTERM')
      t.same(await once(gateway.child, 'exit'), [0, null])
      t.notOk(readdirSync('/proc').includes(String(session.pid)), 'the session is gone, too')
    })
  }
})

/** A Node that is too old for the gateway itself, if this machine has one. */
async function olderNode(): Promise<{ node: string; version: string }[]> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(folder, 'node')
    const version = await run(node, ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => ''
    )
    if (/^v2[0-3]\./.test(version)) return [{ node, version }]
  }
  return []
}

async function start(t: Test, node: string, folder: string): Promise<{ child: ChildProcess; address: string }> {
  const installed = join(folder, 'node_modules')
  const config = join(installed, 'weft-gateway/weft-gateway.toml')
  const stateDir = await temporaryFolder(t)
  const flags = ['--port', '0', '--log-level', 'error', '--config', config, '--state-dir', stateDir]
  const child = spawn('env', [...withoutTap, node, join(installed, '.bin/weft-gateway'), ...flags], {
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
