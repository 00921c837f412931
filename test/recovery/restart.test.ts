import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

const steady = shell('echo READY; exec sleep 600')

/** Ready when the file `go` appears in the folder of the gateway; it must be launched with that folder. */
const whenTold = shell('while [ ! -e "$WEFT_TEST_STATE/go" ]; do sleep 0.05; done; echo READY; exec sleep 600')

const endsWhenTold = shell('echo READY; while [ ! -e "$WEFT_TEST_STATE/go" ]; do sleep 0.05; done; exit 7')

/** Members of its group, and a daemon that left it. */
const family = shell('sleep 600 & setsid -f sleep 600; echo READY; exec sleep 600')

t.test('a gateway that is killed loses nothing: the next one goes on with the same processes', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady, whenTold, endsWhenTold } })
  const running = await gateway.launch('steady')
  const starting = await gateway.launch('whenTold', 'wait=0')
  const ending = await gateway.launch('endsWhenTold')
  const before = await gateway.events()
  await gateway.signal('SIGKILL')

  await writeFile(join(gateway.stateDir, 'go'), '')
  await gateway.start()
  t.same(await gateway.session(running.id), running, 'untouched')
  t.match(await gateway.until(starting.id, 'ready'), { state: 'running' }, 'became ready meanwhile')
  t.match(await gateway.until(ending.id, 'stopped'), { stop: { reason: 'exited', initiator: 'app', exitCode: 7 } })
  const after = await gateway.events()
  t.same(after.slice(0, before.length), before, 'history is what it was')
  t.same(
    after.map(({ seq }) => seq),
    after.map((_, index) => index + 1),
    'no event is missing or doubled'
  )

  await gateway.call(`/sessions/${running.id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  t.match(await gateway.session(running.id), { stop: { reason: 'terminated', initiator: 'client', signal: 'SIGTERM' } })
})

t.test('a stop that was asked for before the gateway was killed is carried out', async t => {
  const stubborn = shell("trap '' TERM; echo READY; while :; do sleep 0.1; done", { stopGraceMs: 300 })
  const gateway = await GatewayProcess.start(t, { apps: { stubborn } })
  const { id } = await gateway.launch('stubborn')
  await gateway.call(`/sessions/${id}`, { method: 'DELETE' })
  await gateway.signal('SIGKILL')
  await gateway.start()
  t.match(await gateway.until(id, 'stopped'), {
    stop: { reason: 'terminated', initiator: 'client', signalsSent: ['SIGTERM', 'SIGKILL'] }
  })
})

t.test('a supervisor that is killed takes its sessions with it, and launches work again', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady, family } })
  const sessions = [await gateway.launch('steady'), await gateway.launch('family'), await gateway.launch('family')]
  while (gateway.processes().length < 7) await new Promise(setImmediate)
  tryKill(gateway.supervisorPid() as number)
  for (const { id } of sessions) {
    t.match(await gateway.until(id, 'stopped'), {
      stop: { reason: 'supervisorLost', initiator: 'gateway', survivors: 0 }
    })
  }
  t.same(gateway.processes(), [], 'nothing is left, the daemons included')
  const types = (await gateway.events()).map(({ type }) => type)
  t.equal(types.filter(type => type === 'Stopped').length, sessions.length, 'one Stopped for each')
  t.match(await gateway.launch('steady'), { state: 'running' })
})

t.test('when both are killed the next gateway clears up, from the event log', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { family } })
  const { id } = await gateway.launch('family')
  const supervisor = gateway.supervisorPid() as number
  await gateway.signal('SIGKILL')
  tryKill(supervisor)
  await gateway.start()
  t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'supervisorLost' } })
  t.same(gateway.processes(), [])
})

t.test('without a gateway for too long the supervisor ends everything, and the next gateway is told', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady, family }, server: { orphanTimeoutMs: 200 } })
  const ids = [(await gateway.launch('steady')).id, (await gateway.launch('family')).id]
  const supervisor = gateway.supervisorPid() as number
  await gateway.signal('SIGKILL')
  while (isAlive(supervisor)) await new Promise(setImmediate)
  t.same(gateway.processes(), [])
  await gateway.start()
  for (const id of ids) {
    t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'gatewayStopped', initiator: 'gateway' } })
  }
})

t.test("onStop = 'keep' leaves the sessions for the next gateway", async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady }, server: { onStop: 'keep' } })
  const session = await gateway.launch('steady')
  t.equal(await gateway.signal('SIGTERM'), 0)
  t.ok(isAlive(session.state === 'running' ? session.pid : 0), 'the app runs on')
  await gateway.start()
  t.same(await gateway.session(session.id), session)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
