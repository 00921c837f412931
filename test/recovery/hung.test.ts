import { readdirSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { startSupervisor } from '../../src/gateway/supervisor-link/start.ts'
import { openStateFolder, takeLock } from '../../src/state-folder.ts'
import { allProcesses } from '../../src/supervisor/processes/proc.ts'
import { commandOf, GatewayProcess } from '../gateway-process.ts'
import { shell, temporaryFolder } from '../helper.ts'

const steady = shell('echo READY; exec sleep 600')
const endsWhenTold = shell('echo READY; while [ ! -e "$WEFT_TEST_STATE/go" ]; do sleep 0.05; done; exit 7')

const pause = () => new Promise(resolve => setTimeout(resolve, 50))

async function untilReady(gateway: GatewayProcess, status: 200 | 503): Promise<{ readonly code?: string }> {
  for (;;) {
    const response = await gateway.call('/readyz')
    const body = (await response.json()) as { readonly code?: string }
    if (response.status === status) return body
    await pause()
  }
}

function post(gateway: GatewayProcess, appId: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return gateway.call('/sessions', { method: 'POST', headers, body: JSON.stringify({ appId }) })
}

t.test(
  'a supervisor that hangs is noticed and said; when it goes on everything does, and no session is hurt',
  async t => {
    const gateway = await GatewayProcess.start(t, { apps: { steady } })
    const [kept, stopped] = [await gateway.launch('steady'), await gateway.launch('steady')]
    const supervisor = gateway.supervisorPid() as number
    process.kill(supervisor, 'SIGSTOP')
    t.match(await untilReady(gateway, 503), { code: 'supervisor-unavailable' })
    const refused = await post(gateway, 'steady')
    t.equal(refused.status, 503)
    t.match(await refused.json(), { code: 'supervisor-unavailable', detail: /does not answer/ })
    await gateway.untilLogged(/the supervisor does not answer/)
    t.equal((await gateway.call(`/sessions/${stopped.id}`, { method: 'DELETE' })).status, 202)

    process.kill(supervisor, 'SIGCONT')
    await untilReady(gateway, 200)
    t.match(await gateway.until(stopped.id, 'stopped'), { stop: { reason: 'terminated', initiator: 'client' } })
    t.same(await gateway.session(kept.id), kept)
    t.match(await gateway.launch('steady'), { state: 'running' })
    await gateway.untilLogged(/the supervisor answers again/)
    t.equal(gateway.supervisorPid(), supervisor)
  }
)

t.test('a gateway that finds a hung supervisor says so, serves what it can, and is ready when it goes on', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady } })
  const session = await gateway.launch('steady')
  const supervisor = gateway.supervisorPid() as number
  await gateway.signal('SIGKILL')
  process.kill(supervisor, 'SIGSTOP')
  gateway.log = ''
  await gateway.start()
  await gateway.untilLogged(/waiting for the supervisor to answer/)
  await gateway.untilLogged(/launches are refused until it does/)
  t.match(await untilReady(gateway, 503), { code: 'supervisor-unavailable' })
  t.same(await gateway.session(session.id), session)
  t.equal((await post(gateway, 'steady')).status, 503)
  t.equal((await gateway.call(`/sessions/${session.id}`, { method: 'DELETE' })).status, 202, 'a stop is taken')

  process.kill(supervisor, 'SIGCONT')
  await untilReady(gateway, 200)
  t.match(await gateway.until(session.id, 'stopped'), { stop: { reason: 'terminated', signalsSent: ['SIGTERM'] } })
  t.equal(gateway.supervisorPid(), supervisor)
})

t.test(
  'a supervisor that hangs while it starts: the gateway says that it waits, and serves when it goes on',
  async t => {
    const gateway = await GatewayProcess.start(t, { apps: { steady } })
    await gateway.signal('SIGTERM')
    // Held, it keeps the new supervisor from listening before it is stopped.
    const lock = takeLock(gateway.stateDir, 'supervisor.lock')
    gateway.log = ''
    const started = gateway.start()
    while (gateway.supervisorPid() === undefined) await pause()
    const supervisor = gateway.supervisorPid() as number
    process.kill(supervisor, 'SIGSTOP')
    lock?.release()
    await gateway.untilLogged(/waiting for the supervisor to start/)
    process.kill(supervisor, 'SIGCONT')
    await started
    t.match(await gateway.launch('steady'), { state: 'running' })
  }
)

t.test('one that does not listen in time is killed, and the error says so', async t => {
  const stateDir = await temporaryFolder(t)
  const lock = takeLock(stateDir, 'supervisor.lock')
  t.teardown(() => lock?.release())
  const start = startSupervisor(openStateFolder(stateDir), { orphanTimeoutMs: 600_000, startDeadlineMs: 500 })
  await t.rejects(start, /The supervisor did not listen within 500 ms, and was killed/)
  t.notOk(allProcesses().some(({ pid }) => commandOf(pid).includes(`--state-dir ${stateDir} `)))
})

t.test('a gateway whose supervisor hangs can be ended', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady }, server: { onStop: 'keep' } })
  const session = await gateway.launch('steady')
  const supervisor = gateway.supervisorPid() as number
  process.kill(supervisor, 'SIGSTOP')
  await untilReady(gateway, 503)
  t.equal(await gateway.signal('SIGTERM'), 0)
  process.kill(supervisor, 'SIGCONT')
  await gateway.start()
  t.same(await gateway.session(session.id), session)
})

t.test('a gateway that hangs is taken to be gone; when it goes on it attaches again and misses nothing', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady, endsWhenTold } })
  const kept = await gateway.launch('steady')
  const ending = await Promise.all(Array.from({ length: 5 }, () => gateway.launch('endsWhenTold')))
  const supervisor = gateway.supervisorPid() as number
  const connections = socketsOf(supervisor)
  process.kill(gateway.pid, 'SIGSTOP')
  while (socketsOf(supervisor) >= connections) await pause()
  await writeFile(join(gateway.stateDir, 'go'), '')
  while (gateway.processes().length > 1) await pause()
  process.kill(gateway.pid, 'SIGCONT')

  for (const { id } of ending) t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'exited', exitCode: 7 } })
  t.same(await gateway.session(kept.id), kept)
  await gateway.untilLogged(/supervisor lost.*\n(.*\n)*.*supervisor attached/)
  const events = await gateway.events()
  t.same(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1)
  )
  t.equal(events.filter(({ type }) => type === 'Stopped').length, ending.length)
  t.equal(gateway.supervisorPid(), supervisor)
})

/** Its pipes to apps are pipes where it spawns with posix_spawn, so what falls is the connection. */
function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter(fd => linkOf(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
