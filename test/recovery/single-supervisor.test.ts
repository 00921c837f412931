import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { takeLock } from '../../src/state-folder.ts'
import { allProcesses } from '../../src/supervisor/processes/proc.ts'
import { commandOf, GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell, temporaryFolder } from '../helper.ts'

const main = new URL('../../src/supervisor/main.ts', import.meta.url).pathname
const steady = shell('echo READY; exec sleep 600')

const pause = () => new Promise(resolve => setTimeout(resolve, 20))

function supervisorsOn(stateDir: string): number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter(pid => commandOf(pid).includes(`supervisor/main.ts --state-dir ${stateDir} `))
}

function startRaw(stateDir: string): ChildProcess {
  const args = [main, '--state-dir', stateDir, '--orphan-timeout-ms', '600000']
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

t.test('two that start at once: both say READY, one stays, and it was listening by then', async t => {
  const stateDir = await temporaryFolder(t)
  const both = [startRaw(stateDir), startRaw(stateDir)]
  t.teardown(() => both.map(({ pid }) => tryKill(pid as number)))
  const said = await Promise.all(both.map(({ stdout }) => once(stdout as NonNullable<typeof stdout>, 'data')))
  t.same(said.map(String), ['READY\n', 'READY\n'])
  const [code] = await Promise.race(both.map(child => once(child, 'exit')))
  t.equal(code, 0)
  t.equal(supervisorsOn(stateDir).length, 1)
})

t.test('one that finds the lock held by a process that answers nobody does not say READY', async t => {
  const stateDir = await temporaryFolder(t)
  const lock = takeLock(stateDir, 'supervisor.lock')
  t.teardown(() => lock?.release())
  const child = startRaw(stateDir)
  let said = ''
  let words = ''
  child.stdout?.on('data', chunk => {
    said += chunk
  })
  child.stderr?.on('data', chunk => {
    words += chunk
  })
  const [code] = await once(child, 'close')
  t.not(code, 0)
  t.equal(said, '')
  t.match(words, /another supervisor has the lock of the state folder, and does not answer/)
})

t.test('killed at any moment of a start there is one supervisor or none, and the next gateway starts', async t => {
  const rounds = Number(process.env.WEFT_START_KILLS ?? 12)
  const gateway = await GatewayProcess.start(t, { apps: { steady } })
  await gateway.signal('SIGKILL')
  for (let round = 0; round < rounds; round++) {
    for (const pid of supervisorsOn(gateway.stateDir)) tryKill(pid)
    const starting = gateway.start().catch(() => {})
    // From the beginning of the gateway's start to after that of its supervisor.
    await new Promise(resolve => setTimeout(resolve, Math.random() * 1_500))
    if (round % 2 === 0) for (const pid of supervisorsOn(gateway.stateDir)) tryKill(pid)
    await gateway.signal('SIGKILL')
    await starting
    if (round % 3 === 0) {
      await gateway.start()
      t.match(await gateway.launch('steady'), { state: 'running' }, `round ${round}`)
      await gateway.signal('SIGKILL')
    }
  }
  await gateway.start()
  const { id } = await gateway.launch('steady')
  while (supervisorsOn(gateway.stateDir).length > 1) await pause()
  t.equal(supervisorsOn(gateway.stateDir).length, 1)
  t.match(await gateway.session(id), { state: 'running' })
})

t.test('a socket that a cleaner removed is made again, and the next gateway finds the sessions', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady } })
  const session = await gateway.launch('steady')
  const supervisor = gateway.supervisorPid()
  rmSync(join(gateway.stateDir, 'supervisor.sock'))
  await gateway.untilLogged(/supervisor\.sock was removed; it is there again/)
  t.match(await gateway.launch('steady'), { state: 'running' }, 'the gateway that was attached did not notice')
  rmSync(join(gateway.stateDir, 'supervisor.sock'))
  await gateway.signal('SIGKILL')
  await gateway.start()
  t.equal(gateway.supervisorPid(), supervisor)
  t.same(await gateway.session(session.id), session)
})

t.test('orphanTimeoutMs = 0 is no limit', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady }, server: { orphanTimeoutMs: 0 } })
  const session = await gateway.launch('steady')
  const supervisor = gateway.supervisorPid()
  await gateway.signal('SIGKILL')
  await gateway.start()
  t.same(await gateway.session(session.id), session)
  t.equal(gateway.supervisorPid(), supervisor)
})

t.test('a supervisor that can’t start: its own words are shown, not the version of Node', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady } })
  await gateway.signal('SIGTERM')
  const facts = join(gateway.stateDir, 'facts.json')
  // A folder in the place of the file: reading it fails.
  await mkdir(facts)
  await t.rejects(gateway.start(), /The supervisor exited with code 1: .*EISDIR/)
  await rm(facts, { recursive: true })
  await gateway.start()
})

t.test('a supervisor without sessions whose state folder is removed exits', async t => {
  const stateDir = await temporaryFolder(t)
  const child = startRaw(stateDir)
  t.teardown(() => tryKill(child.pid as number))
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  await rm(stateDir, { recursive: true })
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
})

t.test('one that has a session leaves the socket of the supervisor in a new folder alone', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady } })
  await gateway.launch('steady')
  const supervisor = gateway.supervisorPid() as number
  t.teardown(() => tryKill(supervisor))
  await gateway.signal('SIGKILL')
  const aside = `${gateway.stateDir}-aside`
  await rename(gateway.stateDir, aside)
  t.teardown(() => rm(aside, { recursive: true }))
  await mkdir(gateway.stateDir, { mode: 0o700 })
  const child = startRaw(gateway.stateDir)
  t.teardown(() => tryKill(child.pid as number))
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  const socket = join(gateway.stateDir, 'supervisor.sock')
  const { ino } = statSync(socket)
  const log = join(aside, 'supervisor.log')
  while (!readFileSync(log, 'utf8').includes('was removed or replaced')) await pause()
  t.equal(statSync(socket).ino, ino)
  process.kill(supervisor, 'SIGTERM')
  while (commandOf(supervisor)) await pause()
  t.same([existsSync(socket), existsSync(join(gateway.stateDir, 'supervisor.lock'))], [true, true])
})
