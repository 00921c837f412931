import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell, temporaryFolder } from '../helper.ts'

const crashing = shell('echo READY; exit 1', { restart: { max: 0, backoffMs: 50, maxBackoffMs: 50 } })
const patient = shell('echo READY; exit 1', { restart: { backoffMs: 3_600_000, maxBackoffMs: 3_600_000 } })

async function reach(gateway: GatewayProcess, id: number, reached: (session: Session) => boolean): Promise<Session> {
  for (;;) {
    const session = await gateway.session(id)
    if (reached(session)) return session
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

const runOf = (session: Session) => session.run ?? 0

t.test('restarts go on while the gateway is away, and its return doubles none', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { crashing } })
  const { id } = await gateway.launch('crashing', 'wait=0')
  let before = 1
  for (let round = 0; round < 5; round++) {
    await reach(gateway, id, ({ state }) => state === 'restarting')
    await gateway.signal('SIGKILL')
    await gateway.start()
    const session = await reach(gateway, id, each => runOf(each) > before + 1)
    before = runOf(session)
  }
  await gateway.call(`/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  t.match(await gateway.session(id), { state: 'stopped', stop: { reason: 'terminated', initiator: 'client' } })
  const starts = (await gateway.events()).filter(({ type }) => type === 'Starting').map(({ session }) => session.run)
  t.same(
    starts,
    starts.map((_, index) => index + 2),
    'each run began once, in order'
  )
  t.same(gateway.processes(), [])
})

t.test('a stop while the gateway is away from a waiting session is its end', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { patient } })
  const { id } = await gateway.launch('patient', 'wait=0')
  const waiting = await reach(gateway, id, ({ state }) => state === 'restarting')
  await gateway.signal('SIGKILL')
  await gateway.start()
  t.same(await gateway.session(id), waiting, 'it still waits')
  await gateway.call(`/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  t.match(await gateway.session(id), { stop: { reason: 'terminated', initiator: 'client', signalsSent: [] } })
})

t.test('a session that waits for its next run is lost with its supervisor', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { patient } })
  const { id } = await gateway.launch('patient', 'wait=0')
  await reach(gateway, id, ({ state }) => state === 'restarting')
  tryKill(gateway.supervisorPid() as number)
  t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'supervisorLost', initiator: 'gateway' } })
  t.same(gateway.processes(), [])
})

t.test('an unhealthy session is restarted while the gateway is away, which then is told', async t => {
  const flag = join(await temporaryFolder(t), 'sick')
  const health = { command: ['/bin/sh', '-c', `! [ -e ${flag} ]`], everyMs: 100, timeoutMs: 10_000, failures: 2 }
  const sick = shell(`trap 'rm -f ${flag}; exit 1' TERM; echo READY; while :; do sleep 0.05; done`, { health })
  const gateway = await GatewayProcess.start(t, { apps: { sick } })
  const { id } = await gateway.launch('sick', 'wait=60')
  await gateway.signal('SIGKILL')
  writeFileSync(flag, '')
  while (existsSync(flag)) await new Promise(resolve => setTimeout(resolve, 20))
  await gateway.start()
  const session = await reach(gateway, id, each => runOf(each) === 2 && each.state === 'running')
  t.match(session, { lastRun: { run: 1, reason: 'unhealthy' } })
  await gateway.call(`/sessions/${id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  t.same(gateway.processes(), [])
})
