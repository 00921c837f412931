import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { temporaryFolder } from '../helper.ts'
import { Command } from './command.ts'

const fixture = new URL('../fixtures/notify-socket.py', import.meta.url).pathname

/** What comes to a service manager at `path`, line by line. */
async function notifications(t: Test, path: string) {
  const child = spawn('python3', [fixture, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const lines: string[] = []
  const input = createInterface(child.stdout).on('line', line => lines.push(line))
  const until = async (pattern: RegExp, count = 1) => {
    while (lines.filter(line => pattern.test(line)).length < count) await once(input, 'line')
  }
  await until(/bound/)
  return { lines, until }
}

t.test('systemd is told of the start, of every heartbeat and of the end, without another process', async t => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'notify')
  const { lines, until } = await notifications(t, path)
  // Nothing is found on this PATH, systemd-notify included.
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '100000', PATH: '/nowhere' }
  const gateway = new Command(t, ['--port', '0', '--state-dir', join(folder, 'state')], { env })
  const address = await gateway.address()
  await until(/^WATCHDOG=1$/, 3)
  t.equal(lines[1], `READY=1 STATUS=listens on ${address}`)
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
  await until(/^STOPPING=1 STATUS=/)
  t.notMatch(gateway.stderr, 'systemd-notify')
})

t.test('heartbeats that are expected of another process are not sent', async t => {
  const folder = await temporaryFolder(t)
  const path = join(folder, 'notify')
  const { lines, until } = await notifications(t, path)
  const env = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '20000', WATCHDOG_PID: '1' }
  const gateway = new Command(t, ['--port', '0', '--state-dir', join(folder, 'state')], { env })
  await gateway.address()
  gateway.child.kill('SIGTERM')
  await until(/^STOPPING=1/)
  t.notOk(lines.includes('WATCHDOG=1'))
})

t.test('SIGUSR1 opens no inspector, neither in the gateway nor in the supervisor', async t => {
  const gateway = await GatewayProcess.start(t, { apps: {} })
  const pids = [gateway.pid, gateway.supervisorPid() as number]
  for (const pid of pids) process.kill(pid, 'SIGUSR1')
  // The signal comes before what is asked for after it.
  t.equal((await gateway.call('/readyz')).status, 200)
  t.notMatch(gateway.log, 'Debugger listening')
  t.notMatch(readFileSync(join(gateway.stateDir, 'supervisor.log'), 'utf8'), 'Debugger listening')
})

const units = [
  ['weft-gateway.service'],
  ['weft-gateway.user.service', '--user'],
  ['weft-appd.service', '--user']
] as const

for (const [file, ...flags] of units) {
  t.test(`systemd finds nothing wrong with ${file}`, async t => {
    const folder = await temporaryFolder(t)
    const unit = join(folder, 'weft-gateway.service')
    const text = readFileSync(new URL(`../../deploy/systemd/${file}`, import.meta.url), 'utf8')
    // Whether the program is installed here is another matter.
    writeFileSync(unit, text.replace('/usr/bin/weft-gateway', '/bin/sh'))
    // A manager of a user needs a runtime folder, which not every user has.
    const env = { ...process.env, XDG_RUNTIME_DIR: folder }
    const analysis = spawnSync('systemd-analyze', [...flags, 'verify', unit], { encoding: 'utf8', env })
    const { error, status, stderr } = analysis
    if (error) return t.comment('there is no systemd-analyze here')
    t.equal(status, 0, stderr)
    t.notMatch(stderr, 'weft-gateway.service', stderr)
  })
}
