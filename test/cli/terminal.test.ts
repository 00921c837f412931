import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import t, { type Test } from 'tap'
import { temporaryFolder } from '../helper.ts'
import { configFile } from './command.ts'

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

t.test('at a terminal a gateway says what it offers, and tells what happens in sentences', async t => {
  const cwd = await temporaryFolder(t)
  const trace =
    'echo Traceback >&2; for n in $(seq 22); do echo "  line $n" >&2; done; echo ValueError: bad >&2; exit 3'
  const apps = {
    steady: { command: ['/bin/sh', '-c', 'echo READY; exec sleep 600'] },
    bad: { command: ['/bin/sh', '-c', trace] }
  }
  await configFile(cwd, { apps })
  const gateway = await openTerminal(t, cwd)
  await gateway.until('API: ')
  t.match(gateway.output, /apps: {3}steady, bad\r\n/)
  t.match(gateway.output, join(cwd, 'state'))
  const url = /launch: curl (http:\S+) .*"appId":"steady"/.exec(gateway.output)?.[1] ?? ''
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' }
  const launch = (appId: string) => fetch(url, { method: 'POST', headers, body: JSON.stringify({ appId }) })
  await (await launch('steady')).arrayBuffer()
  await (await launch('bad')).arrayBuffer()
  await (await fetch(`${url}/1`, { method: 'DELETE', headers: { prefer: 'wait=60' } })).arrayBuffer()
  await gateway.until('steady 1 was stopped')
  const lines = gateway.output.split('\r\n').filter(line => /\b(steady|bad) [12] /.test(line))
  t.match(lines, [
    /INFO.*steady 1 is launched$/,
    /INFO.*steady 1 is ready$/,
    /INFO.*bad 2 is launched$/,
    /WARN.*bad 2 on stderr: .* \(with [0-9]+ lines before; its log has them\)$/,
    /WARN.*bad 2 failed to start: .*; it exited with code 3; the gateway waited for .*/,
    /INFO.*steady 1 was stopped by a client: SIGTERM/
  ])
  t.equal(lines.length, 6, lines.join('\n'))
})

t.test('a gateway without apps says so', async t => {
  const gateway = await openTerminal(t, await temporaryFolder(t))
  await gateway.until('API: ')
  t.match(gateway.output, /apps: {3}none, since there is no weft-gateway\.toml in this folder/)
  t.notMatch(gateway.output, 'launch:')
})

/** A gateway in a terminal of its own, stopped with the test. */
async function openTerminal(t: Test, cwd: string) {
  const args = [terminal, process.execPath, main, '--port', '0', '--state-dir', join(cwd, 'state')]
  const child = spawn('python3', args, { cwd, stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH } })
  t.teardown(async () => {
    const exited = once(child, 'exit')
    child.stdin.end()
    await exited
  })
  let output = ''
  child.stdout.on('data', chunk => {
    output += stripVTControlCharacters(String(chunk))
  })
  return {
    get output() {
      return output
    },
    async until(text: string) {
      while (!output.includes(text)) await once(child.stdout, 'data')
    }
  }
}
