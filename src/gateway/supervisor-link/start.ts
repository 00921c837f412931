import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import type { CgroupUse } from '../../protocol/cgroups.ts'
import type { SpawnerName } from '../../protocol/spawners.ts'
import type { StateFolder } from '../../state-folder.ts'
import { supervisorProgram } from '../supervisor-program.ts'
import { logLength, readEndReason } from './end-reason.ts'

export interface SupervisorOptions {
  /** How processes are started; the best way for this machine by default. */
  readonly spawner?: SpawnerName | undefined
  /** Which sessions get a cgroup, where there can be one. */
  readonly cgroups?: CgroupUse | undefined
  /** How long sessions run on without a gateway, in milliseconds; 0 means no limit. */
  readonly orphanTimeoutMs: number
}

export interface StartOptions extends SupervisorOptions {
  /** Called if the start takes longer than usual. */
  readonly waiting?: () => void
  /** How long the start may take, in milliseconds. A new supervisor may itself wait ten seconds for another one to answer. */
  readonly startDeadlineMs?: number
}

const usualStartMs = 2_000

/**
 * Starts a supervisor that survives this process. Resolves when it listens, or when another one already answers. Rejects
 * if it ends before that, or hangs: then it is killed, which ends no session, since it has none yet.
 */
export async function startSupervisor(folder: StateFolder, options: StartOptions): Promise<void> {
  const { waiting = () => {}, startDeadlineMs = 60_000 } = options
  const log = openSync(folder.supervisorLog, 'a', 0o600)
  const logStart = logLength(folder.supervisorLog)
  const child = spawnSupervisor(folder, options, log)
  closeSync(log)
  const notice = setTimeout(waiting, usualStartMs)
  const deadline = setTimeout(() => child.kill('SIGKILL'), startDeadlineMs)
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.stdout?.once('data', () => resolve())
      child.on('exit', (code, signal) => {
        const words = readEndReason(folder.supervisorLog, logStart)
        const ended = signal ? `was ended by ${signal}` : `exited with code ${code}`
        const end = child.killed ? `did not listen within ${startDeadlineMs} ms, and was killed` : ended
        reject(new Error(`The supervisor ${end}${words ? `: ${words}` : '.'}`))
      })
    })
  } finally {
    clearTimeout(notice)
    clearTimeout(deadline)
    child.removeAllListeners('exit')
    child.stdout?.destroy()
    child.unref()
  }
}

function spawnSupervisor(folder: StateFolder, options: SupervisorOptions, log: number): ChildProcess {
  const { spawner, cgroups, orphanTimeoutMs } = options
  const compileCache = getCompileCacheDir()
  const args = ['--state-dir', folder.path, '--orphan-timeout-ms', String(orphanTimeoutMs)]
  return spawn(
    process.execPath,
    [
      '--disable-sigusr1',
      '--max-semi-space-size=1',
      supervisorProgram,
      ...args,
      ...(spawner ? ['--spawner', spawner] : []),
      ...(cgroups ? ['--cgroups', cgroups] : [])
    ],
    // Detached, so that a Ctrl-C in the gateway's terminal does not reach it; it does not get the gateway's environment.
    {
      ...{ detached: true, stdio: ['ignore', 'pipe', log] as const, cwd: '/' },
      // One thread writes the logs: several wake each other for jobs of some microseconds.
      env: {
        PATH: process.env.PATH ?? '',
        UV_THREADPOOL_SIZE: '1',
        ...(compileCache && { NODE_COMPILE_CACHE: compileCache })
      }
    }
  )
}
