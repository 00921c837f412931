import t from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import { isStopped, type Session } from '../../src/session/session.ts'
import { GatewayProcess, tryKill } from '../gateway-process.ts'

const count = 1_500
const atATime = 50

const sleep: Partial<AppEntry> = { command: ['sleep', '600'], ready: { none: true }, maxSessions: 2 * count }
const limits = { maxSessions: 2 * count, maxStarting: 0 }

const isLost = (session: Session) => isStopped(session) && session.stop.reason === 'supervisorLost'

t.test('after the loss of a supervisor launches work before its last session is published as stopped', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { sleep }, limits })
  await launchMany(gateway)
  t.equal(gateway.processes().length, count)

  tryKill(gateway.supervisorPid() as number)
  const first = tryLaunch(gateway)
  await gateway.untilLogged(/supervisor lost/)
  let launched: Session | undefined
  while (!launched) launched = await tryLaunch(gateway)
  t.match(launched, { state: 'running' })
  await first
  for (let id = 1; id <= count; id++) {
    if (!isLost(await gateway.until(id, 'stopped'))) t.fail(`session ${id} does not end as supervisorLost`)
  }

  const events = await gateway.events()
  const ready = events.find(({ type, session }) => type === 'AppReady' && session.id === launched.id)
  const lastStopped = events.findLast(({ session }) => isLost(session))
  t.ok((ready?.seq as number) < (lastStopped?.seq as number), `${ready?.seq} before ${lastStopped?.seq}`)
  const running = (await (await gateway.call('/sessions?state=running')).json()) as { items: Session[] }
  t.equal(gateway.processes().length, running.items.length, 'nothing else is left')
})

async function launchMany(gateway: GatewayProcess): Promise<void> {
  let left = count
  const worker = async () => {
    while (left-- > 0) await gateway.launch('sleep')
  }
  await Promise.all(Array.from({ length: atATime }, worker))
}

/** Undefined if the launch is refused. One that was passed to the lost supervisor is answered when it has ended. */
async function tryLaunch(gateway: GatewayProcess): Promise<Session | undefined> {
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' }
  const response = await gateway.call('/sessions', { method: 'POST', headers, body: '{"appId":"sleep"}' })
  const answer = await response.json()
  return response.status === 201 ? (answer as Session) : undefined
}
