import { readdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

const steady = shell('echo READY; exec sleep 600')
const words = shell('echo new words; echo READY; exec sleep 600')

t.test('with a new database beside an old supervisor the old sessions are ended, said, and never mixed up', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady, words } })
  const old = [await gateway.launch('steady'), await gateway.launch('steady')]
  const oldPids = gateway.processes()
  const supervisor = gateway.supervisorPid()
  await gateway.signal('SIGKILL')
  for (const name of readdirSync(gateway.stateDir).filter(name => /^gateway\.(?!lock)/.test(name))) {
    await rename(join(gateway.stateDir, name), join(gateway.stateDir, `old-${name}`))
  }
  gateway.log = ''
  await gateway.start()
  t.equal(gateway.supervisorPid(), supervisor)
  const session = await gateway.launch('words')
  t.equal(session.id, old[0]?.id, 'the ids begin again')
  t.match(session, { appId: 'words', state: 'running' })
  while (gateway.processes().some(pid => oldPids.includes(pid))) await new Promise(setImmediate)
  await gateway.untilLogged(/ending sessions that this event log does not know/)
  t.match(await gateway.session(session.id), { state: 'running' }, 'the end of the old one is not its end')
  await gateway.untilLogged(/fact of a session that this event log does not know dropped/)
  t.equal(await (await gateway.call(`/sessions/${session.id}/logs`)).text(), 'new words\nREADY\n', 'a log of its own')
  t.match(await (await gateway.call('/metrics')).text(), /^weft_unknown_sessions_total 2$/m)
  const types = (await gateway.events()).map(({ type }) => type)
  t.same(types, ['Launched', 'AppReady'])
  await gateway.call(`/sessions/${session.id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  t.match(await gateway.session(session.id), { state: 'stopped', stop: { reason: 'terminated' } })
})

t.test(
  'a session of a lost supervisor is told as lost, also by the gateway after the one that saw the loss',
  async t => {
    const gateway = await GatewayProcess.start(t, { apps: { steady } })
    const { id } = await gateway.launch('steady')
    // Killed where it knows the new supervisor, and perhaps has not asked it to reclaim: looped over the moment.
    for (let round = 0; round < 4 && (await gateway.session(id)).state !== 'stopped'; round++) {
      tryKill(gateway.supervisorPid() as number)
      await new Promise(resolve => setTimeout(resolve, round * 60))
      await gateway.signal('SIGKILL')
      await gateway.start()
    }
    t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'supervisorLost', initiator: 'gateway' } })
  }
)
