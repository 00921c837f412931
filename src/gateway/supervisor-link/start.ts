import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { SpawnerName } from '../../protocol/spawners.ts'
import type { StateFolder } from '../../state-folder.ts'

export interface SupervisorOptions {
  /** How processes are started; the best way for this machine by default. */
  readonly spawner?: SpawnerName | undefined
  /** How long sessions run on without a gateway, in milliseconds. */
  readonly orphanTimeoutMs: number
}

/** Starts a supervisor that outlives this process. Resolves when it listens, or when one that was there before does. */
export async function startSupervisor(folder: StateFolder, options: SupervisorOptions): Promise<void> {
  const { spawner, orphanTimeoutMs } = options
  const main = new URL(
    import.meta.url.endsWith('.ts') ? '../../supervisor/main.ts' : '../../supervisor/main.js',
    import.meta.url
  )
  const args = ['--state-dir', folder.path, '--orphan-timeout-ms', String(orphanTimeoutMs)]
  const log = openSync(folder.supervisorLog, 'a', 0o600)
  const child = spawn(
    process.execPath,
    [main.pathname, ...args, ...(spawner ? ['--spawner', spawner] : [])],
    // A session of its own: a Ctrl-C in the gateway's terminal is not for it. Nor are the gateway's secrets.
    { detached: true, stdio: ['ignore', 'pipe', log] as const, cwd: '/', env: { PATH: process.env.PATH ?? '' } }
  )
  closeSync(log)
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.stdout?.once('data', () => resolve())
      child.on('exit', code => reject(new Error(`The supervisor exited with code ${code}: ${lastLine(folder)}`)))
    })
  } finally {
    child.removeAllListeners('exit')
    child.stdout?.destroy()
    child.unref()
  }
}

function lastLine({ supervisorLog }: StateFolder): string {
  return readFileSync(supervisorLog, 'utf8').trimEnd().split('\n').at(-1) ?? ''
}
