import { spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { allProcesses, hasProc, type ProcEntry, readSessionKey, readStartTime } from './proc.ts'
import {
  type Exit,
  type ProcessEntry,
  type ProcessHost,
  type ProcessTree,
  type Program,
  SpawnFailed,
  signalProcess
} from './process-host.ts'
import { OncePerTurn, Turn } from './turn.ts'

/** Node's own spawn: works everywhere, costs more, and hears of no process but the ones that it started. */
export class ChildProcessHost implements ProcessHost {
  readonly name = 'child-process'
  readonly #hasProc = hasProc()
  /** Deaths of grandchildren reach their own parent or init, not us: look again, ever so often. */
  readonly #turn = new Turn(20)
  /** Seen twice: who forks and dies while /proc is read may hide its child from the first look. */
  readonly #processes = new OncePerTurn(() => [...keyedProcesses(), ...keyedProcesses()])

  async spawn({ file, argv, env, cwd, key }: Program): Promise<ProcessTree> {
    const { promise: exited, resolve: settle } = Promise.withResolvers<Exit>()
    if (isScriptWithoutInterpreter(file)) throw new SpawnFailed('exec format error (ENOEXEC)')
    const [argv0 = file, ...args] = argv
    const child = spawn(file, args, { argv0, cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const tree = {
      pid: child.pid as number,
      key,
      startTime: 0,
      stdout: child.stdout as Readable,
      stderr: child.stderr as Readable,
      exit: undefined as Exit | undefined,
      exited
    }
    await new Promise<void>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(new SpawnFailed(error.message, { cause: error })))
      child.on('spawn', resolve)
      child.on('exit', (code, signal) => {
        const exit = signal ? { signal } : { exitCode: code ?? 0 }
        tree.exit = exit
        this.#processes.forget()
        // A phase later: exits that come together share one look at /proc.
        setImmediate(() => {
          settle(exit)
          this.#turn.end()
        })
      })
    })
    tree.startTime = readStartTime(tree.pid)
    return tree
  }

  survivors(tree: ProcessTree): readonly ProcessEntry[] {
    if (!this.#hasProc) return tree.exit && signalProcess(-tree.pid, 0) ? [{ pid: -tree.pid, group: tree.pid }] : []
    return this.#processes.value.filter(
      entry =>
        entry.startTime >= tree.startTime &&
        (entry.pid !== tree.pid || tree.exit !== undefined) &&
        (entry.key === tree.key || (entry.group === tree.pid && entry.session === tree.pid))
    )
  }

  changed(): Promise<void> {
    return this.#turn.next()
  }

  release(): void {}
}

interface KeyedEntry extends ProcEntry {
  readonly key: string | undefined
}

function keyedProcesses(): KeyedEntry[] {
  return allProcesses().map(entry => ({ ...entry, key: readSessionKey(entry.pid) }))
}

/** Node spawns like execvp(3), which would have /bin/sh run what execve(2) refuses: a text that does not begin with #!. */
function isScriptWithoutInterpreter(file: string): boolean {
  const head = Buffer.alloc(256)
  try {
    const fd = openSync(file, 'r')
    const text = head.toString('latin1', 0, readSync(fd, head))
    closeSync(fd)
    return !text.startsWith('#!') && !text.includes('\0')
  } catch {
    return false
  }
}
