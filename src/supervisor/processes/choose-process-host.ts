import type { SpawnerName } from '../../protocol/spawners.ts'
import type { ProcessHost } from './process-host.ts'
import { chooseSendSignal } from './signals.ts'

/** The best implementation for this machine, or the requested one; does not load the other. `notice` gets messages for the log. */
export async function chooseProcessHost(
  wanted?: SpawnerName,
  notice: (message: string) => void = () => {}
): Promise<ProcessHost> {
  const libc = await import('./libc.ts').catch(() => undefined)
  libc?.closeInheritedOnExec()
  const sendSignal = chooseSendSignal(libc)
  if (wanted !== 'child-process') {
    try {
      const { canPosixSpawn, PosixSpawnHost } = await import('./posix-spawn.ts')
      if (canPosixSpawn()) return new PosixSpawnHost(sendSignal, notice)
    } catch (error) {
      if (wanted) throw error
    }
    if (wanted) throw new Error(`The spawner '${wanted}' does not work on this machine.`)
  }
  const { ChildProcessHost } = await import('./child-process.ts')
  const limits = libc && (await import('./rlimits.ts'))
  return new ChildProcessHost(sendSignal, limits?.lowerOpenFiles)
}
