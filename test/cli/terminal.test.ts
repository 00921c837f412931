import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder } from '../helper.ts'

const terminal = new URL('../fixtures/terminal.py', import.meta.url).pathname
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

t.test('SIGHUP reloads a gateway in a terminal, and ends it with the terminal', async t => {
  const cwd = await temporaryFolder(t)
  const args = [terminal, process.execPath, main, '--port', '0', '--state-dir', join(cwd, 'state')]
  const child = spawn('python3', args, { cwd, stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  const until = async (text: string) => {
    while (!output.includes(text)) await once(child.stdout, 'data')
  }
  await until('weft-gateway listens on')
  child.stdin.write('reload\n')
  await until('configuration reloaded')
  t.equal(child.exitCode, null)
  child.stdin.end()
  t.same(await exited, [0, null])
})
