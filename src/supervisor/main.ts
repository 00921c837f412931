import { parseArgs } from 'node:util'
import { giveBackMemoryWhenQuiet } from '../give-back-memory.ts'
import type { CgroupUse } from '../protocol/cgroups.ts'
import { heartbeatTiming } from '../protocol/heartbeat.ts'
import type { SpawnerName } from '../protocol/spawners.ts'
import { type Lock, openStateFolder } from '../state-folder.ts'
import { Cgroups } from './cgroups/cgroups.ts'
import { GatewayServer } from './gateway-server.ts'
import { OrphanWatch } from './orphan-watch.ts'
import { chooseProcessHost } from './processes/choose-process-host.ts'
import { raisePriority } from './processes/inheritance.ts'
import { Supervisor } from './supervisor.ts'
import { becomeSupervisor } from './supervisor-lock.ts'

/* The supervisor process. It prints READY when it listens, or when another supervisor already answers. */

const { values } = parseArgs({
  options: {
    'state-dir': { type: 'string', default: '.' },
    /** 0 means no limit. */
    'orphan-timeout-ms': { type: 'string', default: '600000' },
    spawner: { type: 'string' },
    cgroups: { type: 'string', default: 'limits' }
  }
})

/** How long another supervisor that has the lock can take to answer, in milliseconds. */
const otherAnswersMs = 10_000

process.stdout.on('error', () => {})
const folder = openStateFolder(values['state-dir'])
const lock = await becomeSupervisor(folder, otherAnswersMs)
if (lock) await run(lock)
process.stdout.write('READY\n')
if (lock) await giveBackMemoryWhenQuiet()

async function run(lock: Lock): Promise<void> {
  const notice = (message: string) => supervisor.notice(message)
  await raisePriority()
  const host = await chooseProcessHost(values.spawner as SpawnerName | undefined, notice)
  const cgroups = Cgroups.open(values.cgroups as CgroupUse, folder.path, line => process.stderr.write(`${line}\n`))
  const supervisor = new Supervisor(host, folder, cgroups)
  const shutDown = async () => {
    await supervisor.close({ reason: 'gatewayStopped', initiator: 'gateway' })
    if (server.hasFolder) {
      supervisor.outbox.save()
      server.close()
      lock.release()
    }
    cgroups?.close()
    process.exit(0)
  }

  const watch = new OrphanWatch({
    folder: folder.path,
    orphanTimeoutMs: Number(values['orphan-timeout-ms']),
    isIdle: () => supervisor.isIdle,
    shutDown
  })
  const server = new GatewayServer({
    ...{ folder, supervisor, shutDown, timing: heartbeatTiming },
    gatewayCame: () => watch.gatewayCame(),
    gatewayLeft: () => watch.gatewayLeft()
  })
  await server.listen()
  process.on('SIGTERM', shutDown)
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
}
