import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'

t.test('a supervisor whose state folder was replaced keeps no facts in the new one', async t => {
  const apps = { steady: shell('echo READY; exec sleep 600') }
  const gateway = await GatewayProcess.start(t, { apps })
  const { id } = await gateway.launch('steady')
  const supervisor = gateway.supervisorPid() as number
  await gateway.signal('SIGKILL')
  const away = `${gateway.stateDir}.away`
  t.teardown(() => rm(away, { recursive: true, force: true }))
  await rename(gateway.stateDir, away)
  await mkdir(gateway.stateDir, { mode: 0o700 })
  process.kill(supervisor, 'SIGTERM')
  while (gateway.supervisorPid() !== undefined) await new Promise(resolve => setTimeout(resolve, 20))
  t.equal(id, 1)
  t.same(gateway.processes(), [], 'its sessions have ended')
  t.notOk((await readdir(gateway.stateDir)).includes('facts.json'))
  t.ok((await readdir(away)).includes('gateway.db'), join(away, 'gateway.db'))
})
