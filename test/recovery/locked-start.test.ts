import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { startSupervisor } from '../../src/gateway/supervisor-link/start.ts'
import { openStateFolder } from '../../src/state-folder.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'

t.test('a transaction that begins while the start waits for a supervisor is waited for too', async t => {
  const gateway = new GatewayProcess(await mkdtemp(join(tmpdir(), 'weft-')))
  t.teardown(() => gateway.remove())
  await gateway.configure({ apps: { steady: shell('echo READY; exec sleep 600') } })
  const folder = openStateFolder(gateway.stateDir)
  await startSupervisor(folder, { orphanTimeoutMs: 600_000 })
  const supervisor = gateway.supervisorPid() as number

  process.kill(supervisor, 'SIGSTOP')
  const started = gateway.start()
  await gateway.untilLogged(/waiting for the supervisor to answer/)
  const shellOfSomebody = new DatabaseSync(folder.database)
  shellOfSomebody.exec('BEGIN IMMEDIATE')
  process.kill(supervisor, 'SIGCONT')
  await Promise.race([started, gateway.untilLogged(/waiting for another process to end its transaction/)])
  shellOfSomebody.exec('ROLLBACK')
  shellOfSomebody.close()
  await started
  t.match(await gateway.launch('steady'), { state: 'running' })
})
