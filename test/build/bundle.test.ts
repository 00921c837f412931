import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { bundle } from '../../scripts/build/bundle.ts'
import { temporaryFolder } from '../helper.ts'
import { Collector } from '../telemetry/collector.ts'

const root = join(import.meta.dirname, '../..')

t.test('the bundled programs', async t => {
  const folder = makeFolder(t)
  await bundle(folder)

  for (const program of ['supervisor', 'gateway'] as const) {
    t.test(`${program}: loads no HTTP client, no HTTP/2 and no TLS, which it does not use`, async t => {
      const loaded = await modulesOf(await start(t, folder, program))
      t.ok(loaded.includes('NativeModule net'), 'the list is one of modules')
      t.same(
        loaded.filter(name => /^NativeModule .*(undici|http2|\btls$)/.test(name)),
        []
      )
    })
  }

  t.test('the supervisor loads HTTP with the first app that is probed', async t => {
    const loaded = await modulesOf(await start(t, folder, 'supervisor'))
    t.notOk(loaded.includes('NativeModule http'))
  })

  t.test('the gateway exports traces, for which it is an HTTP client', async t => {
    const collector = await Collector.start(t)
    const gateway = await start(t, folder, 'gateway', collector.env)
    const [line] = await once(gateway.stdout as NonNullable<typeof gateway.stdout>, 'data')
    await fetch(`${/listens on (\S+)/.exec(String(line))?.[1]}/nowhere`)
    await collector.traceOf('notFoundHandler - notFound')
  })

  t.test('find the same faults in a configuration as the sources do', async t => {
    const file = join(await temporaryFolder(t), 'faulty.toml')
    writeFileSync(file, '[server]\nport = "x"\nfoo = 1\n[limits]\nmaxSessions = -1\n[apps."a b"]\ncommand = []\n')
    const check = async (program: string) => {
      const child = spawn(process.execPath, [program, 'check', '--config', file], { env: environment() })
      return await Promise.all([text(child.stderr), once(child, 'exit')])
    }
    const [faults, [code]] = await check(join(folder, 'src/cli/main.js'))
    t.match(faults, 'server.foo: is not known')
    t.equal(code, 78)
    t.same([faults, [code, null]], await check(join(root, 'src/cli/main.ts')))
  })
})

/** Where the packages that are not in the bundle are found. */
function makeFolder(t: Test): string {
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'weft-bundle-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Prints, when it exits, what Node has loaded. */
const tellModules = `data:text/javascript,
  process.on('exit', () => console.log('LOADED ' + process.moduleLoadList.join(',')))`

async function start(t: Test, folder: string, program: 'supervisor' | 'gateway', env = {}): Promise<ChildProcess> {
  const state = ['--state-dir', await temporaryFolder(t)]
  const args = {
    supervisor: [join(folder, 'src/supervisor/main.js'), ...state],
    gateway: [join(folder, 'src/cli/main.js'), 'serve', ...state, '--port', '0']
  }
  const options = ['--disable-sigusr1', `--import=${tellModules}`]
  const child = spawn(process.execPath, [...options, ...args[program]], {
    cwd: state[1],
    env: { ...environment(), ...env }
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

async function modulesOf(child: ChildProcess): Promise<readonly string[]> {
  const { stdout } = child
  if (!stdout) throw new Error('its stdout is not piped')
  let output = ''
  for await (const chunk of stdout) {
    if (output === '') child.kill('SIGTERM')
    output += chunk
  }
  return output.split('LOADED ')[1]?.trim().split(',') ?? []
}

/** tap's loader would load more. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME }
}
