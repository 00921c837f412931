import type { Config } from '../../config/load.ts'
import type { StateFolder } from '../../state-folder.ts'
import type { Log } from '../log.ts'
import type { Registry } from '../registry/registry.ts'
import { SupervisorClient } from './client.ts'

export interface SupervisorParts {
  readonly config: Config
  readonly registry: Registry
  readonly stateFolder: StateFolder
  readonly log: Log
}

/** Attaches to the supervisor of the state folder, or starts one; what happens on the connection is logged. */
export async function openSupervisor({
  config,
  registry,
  stateFolder,
  log
}: SupervisorParts): Promise<SupervisorClient> {
  const { spawner, orphanTimeoutMs } = config.server
  const supervisor = new SupervisorClient({
    folder: stateFolder,
    ledger: registry,
    spawner,
    orphanTimeoutMs,
    onAttached: ({ pid: supervisorPid, spawner, sessions }, lost) =>
      log.info({ supervisorPid, spawner, sessions: sessions.length, lost }, 'supervisor attached'),
    onDetached: err => log.error({ err }, 'supervisor lost'),
    onFactRefused: (fact, err) => log.error({ err, fact }, 'fact of the supervisor refused'),
    onStderr: ({ sessionId, appId, line, omitted }) =>
      log.warn({ sessionId, appId, stream: 'stderr', ...(omitted && { omitted }) }, line)
  })
  await supervisor.open()
  return supervisor
}
