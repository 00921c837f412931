import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { Command, configFile } from '../../cli/command.ts'
import { temporaryFolder } from '../../helper.ts'

const noFfi = new URL('../../fixtures/no-ffi.mjs', import.meta.url).pathname
const sockets = new URL('../../../src/supervisor/app-messages/notify-sockets.ts', import.meta.url).pathname

t.test('where FFI does not work, check warns of ready.notify', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { apps: { app: { command: ['sleep', '600'], ready: { notify: true } } } })
  const { code, stderr } = await new Command(t, ['check'], { cwd, env: { NODE_OPTIONS: `--import=${noFfi}` } }).ended()
  t.equal(code, 0)
  t.match(stderr, 'apps.app.ready.notify: needs koffi, which does not work on this machine')
})

t.test('where FFI does not work, the start of an app with ready.notify says so', async t => {
  const opens = `const { NotifySockets } = await import('${sockets}')
    await new NotifySockets('/').open({}).catch(({ constructor, message }) => console.log(constructor.name, message))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    noFfi,
    '--input-type=module',
    '-e',
    opens
  ])
  t.equal(stdout, 'SpawnFailed ready.notify needs koffi, which does not work on this machine\n')
})
