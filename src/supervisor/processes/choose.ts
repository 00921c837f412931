import type { SpawnerName } from '../../protocol/spawners.ts'
import type { ProcessHost } from './process-host.ts'

/** The best implementation for this machine, or the one asked for. Loads nothing of the other. */
export async function chooseProcessHost(wanted?: SpawnerName): Promise<ProcessHost> {
  if (wanted !== 'child-process') {
    try {
      const { canPosixSpawn, PosixSpawnHost } = await import('./posix-spawn.ts')
      if (canPosixSpawn()) return new PosixSpawnHost()
    } catch (error) {
      if (wanted) throw error
    }
    if (wanted) throw new Error(`The spawner '${wanted}' does not work on this machine.`)
  }
  const { ChildProcessHost } = await import('./child-process.ts')
  return new ChildProcessHost()
}
