import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { configFile } from './cli/command.ts'
import { temporaryFolder } from './helper.ts'
import { tmpfs } from './tmpfs.ts'

const main = new URL('../src/cli/main.ts', import.meta.url).pathname
const apps = { quick: { command: ['sh', '-c', 'echo READY'] } }

/** A real gateway, with its real log, whose stderr is `stderr`. */
async function start(t: Test, stderr: number | 'pipe', logLevel = 'info') {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { apps })
  const args = [main, '--port', '0', '--state-dir', join(cwd, 'state'), '--log-level', logLevel]
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', stderr] })
  t.teardown(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const [line] = await Promise.race([once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data'), exited])
  const url = /listens on (\S+)/.exec(String(line))?.[1]
  return { child, exited, url }
}

async function launch(url = ''): Promise<number> {
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' }
  return (await fetch(`${url}/sessions`, { method: 'POST', headers, body: '{"appId":"quick"}' })).status
}

async function lostLines(url = ''): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^weft_log_lines_lost_total (\d+)$/m.exec(metrics)?.[1])
}

t.test('with stderr on /dev/full the gateway serves, counts the lines it loses, and ends with 0', async t => {
  const full = openSync('/dev/full', 'w')
  t.teardown(() => closeSync(full))
  const { child, exited, url } = await start(t, full)
  while ((await lostLines(url)) === 0) t.ok([201, 502].includes(await launch(url)))
  child.kill('SIGTERM')
  t.same(await exited, [0, null])
})

t.test('on a full disk the log loses lines and nothing else happens; with room again it says how many', async t => {
  // With room for all that is logged once the ballast is gone.
  const disk = await tmpfs(t, '16m')
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const ballast = join(disk, 'ballast')
  const file = join(disk, 'gw.log')
  const log = openSync(file, 'a')
  t.teardown(() => closeSync(log))
  await writeFile(ballast, Buffer.alloc(32 * 1_048_576)).catch(() => {})
  const { child, exited, url } = await start(t, log)
  while ((await lostLines(url)) === 0) await launch(url)
  await rm(ballast)
  const told = () => /"lostLines":(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]
  while (!told()) await launch(url)
  t.equal(Number(told()), await lostLines(url))
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  t.match(JSON.parse(lines.find(line => line.includes('lostLines')) ?? ''), { level: 40, msg: /ENOSPC/ })
  child.kill('SIGTERM')
  t.same(await exited, [0, null])
  t.match(readFileSync(file, 'utf8'), 'shutting down')
})

t.test('a reader of the log that goes away ends nothing, nor does one of stdout', async t => {
  const { child, exited, url } = await start(t, 'pipe')
  child.stderr?.destroy()
  child.stdout?.destroy()
  while ((await lostLines(url)) === 0) await launch(url)
  child.kill('SIGTERM')
  t.same(await exited, [0, null])
})

t.test('a reader of the log that has stalled does not keep the gateway from serving, nor from its end', async t => {
  const { child, exited, url } = await start(t, 'pipe', 'trace')
  // Far more than a pipe holds.
  const long = 'x'.repeat(8_000)
  for (let i = 0; i < 100; i++) await (await fetch(`${url}/${long}`)).text()
  t.equal((await fetch(`${url}/livez`)).status, 200)
  child.kill('SIGTERM')
  t.same(await exited, [0, null])
})
