import type { ProcessHost, ProcessTree, Program } from '../processes/process-host.ts'
import { spawnFault } from '../spawn-fault.ts'
import type { SessionCgroup } from './session-cgroup.ts'

interface Place {
  readonly host: ProcessHost
  readonly cgroup: SessionCgroup | undefined
  readonly predecessor: ProcessTree | undefined
}

/** @throws {SpawnFailed | ProgramNotFound | UnknownUser} nothing is left of the cgroup then */
export async function spawnIn({ host, cgroup, predecessor }: Place, make: () => Program): Promise<ProcessTree> {
  try {
    const program = make()
    return await host.spawn(program, predecessor).catch(error => Promise.reject(spawnFault(error, program)))
  } catch (error) {
    cgroup?.remove()
    throw error
  }
}
