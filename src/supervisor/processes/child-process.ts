import { spawn } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { resetPriority, resetUmask } from './inheritance.ts'
import { Owners } from './owners.ts'
import { hasProc, readStartTime, ticksNow } from './proc.ts'
import {
  type Exit,
  type ProcessEntry,
  type ProcessHost,
  type ProcessTree,
  type Program,
  SpawnFailed,
  type Visit
} from './process-host.ts'
import { ProcessTable } from './process-table.ts'
import { SharedLook } from './shared-look.ts'
import { type ProcessName, type SendSignal, sendToGroup } from './signals.ts'
import { WakeUps } from './wake-ups.ts'

/** So often the table is read while nobody waits for anything: who is seen as a descendant once stays known. */
const censusMs = 2_000

/** So long a tree of which nothing is seen waits for processes that may turn out to be its own: some always exec somewhere. */
const maxUnsureMs = 100

/** Lowers a limit of a process that runs already; undefined if FFI does not work. */
export type LowerOpenFiles = (pid: number) => void

/** Node's own spawn: works everywhere, costs more, and hears of no process but the ones that it started. */
export class ChildProcessHost implements ProcessHost {
  readonly name = 'child-process'
  readonly #sendSignal: SendSignal
  readonly #lowerOpenFiles: LowerOpenFiles | undefined
  readonly #hasProc = hasProc()
  readonly #owners = new Owners<ProcessTree>()
  readonly #visits = new Map<ProcessTree, Visit>()
  /** Deaths of grandchildren reach their own parent or init, not us: look again, ever so often. */
  readonly #wakeUps = new WakeUps<ProcessTree>(20)
  readonly #table = new ProcessTable(this.#owners, (entry, tree) => this.#visits.get(tree)?.(entry))
  readonly #look = new SharedLook(() => this.#table.look())

  constructor(sendSignal: SendSignal, lowerOpenFiles?: LowerOpenFiles) {
    this.#sendSignal = sendSignal
    this.#lowerOpenFiles = lowerOpenFiles
    resetUmask()
    setInterval(() => void this.#census(), censusMs).unref()
  }

  async spawn({ file, argv, env, cwd, key }: Program): Promise<ProcessTree> {
    const { promise: exited, resolve: settle } = Promise.withResolvers<Exit>()
    if (isScriptWithoutInterpreter(file)) throw new SpawnFailed('exec format error (ENOEXEC)')
    const [argv0 = file, ...args] = argv
    const child = spawn(file, args, { argv0, cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    if (child.pid !== undefined) this.#limit(child.pid)
    const tree = {
      pid: child.pid as number,
      key,
      startTime: child.pid === undefined ? 0 : readStartTime(child.pid),
      stdout: child.stdout as Readable,
      stderr: child.stderr as Readable,
      exit: undefined as Exit | undefined,
      endTime: undefined as number | undefined,
      exited
    }
    await new Promise<void>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(new SpawnFailed(error.message, { cause: error })))
      child.on('spawn', resolve)
      child.on('exit', (code, signal) => {
        tree.exit = signal ? { signal } : { exitCode: code ?? 0 }
        tree.endTime = ticksNow()
        // A phase later: exits that come together share one look at /proc.
        setImmediate(() => {
          settle(tree.exit as Exit)
          this.#wakeUps.wake(tree)
        })
      })
    })
    this.#owners.add(tree)
    return tree
  }

  async members(tree: ProcessTree, visit?: Visit): Promise<readonly ProcessEntry[]> {
    if (!this.#hasProc) return withoutProc(tree)
    if (visit) this.#visits.set(tree, visit)
    try {
      for (const deadline = performance.now() + maxUnsureMs; ; ) {
        await this.#look.next()
        const found = withLeader(tree, this.#table.of(tree))
        if (visit) for (const entry of found) visit(entry)
        if (found.length > 0 || !this.#table.isUnsure || performance.now() > deadline) return found
        await delay(1)
      }
    } finally {
      this.#visits.delete(tree)
    }
  }

  changed(tree: ProcessTree): Promise<void> {
    return this.#wakeUps.next(tree)
  }

  signal(target: ProcessName, signal: NodeJS.Signals): boolean {
    return this.#hasProc ? this.#sendSignal(target, signal) : sendToGroup(target.pid, signal)
  }

  /**
   * The id of a group is taken while its leader is not reaped. libuv reaps children and emits their `exit` in one go,
   * with nothing of ours in between that signals: the waiters are only woken a phase later.
   */
  signalGroup(tree: ProcessTree, signal: NodeJS.Signals): boolean {
    return tree.exit === undefined && sendToGroup(tree.pid, signal)
  }

  release(tree: ProcessTree): void {
    this.#owners.remove(tree)
  }

  #limit(pid: number): void {
    this.#lowerOpenFiles?.(pid)
    resetPriority(pid)
  }

  async #census(): Promise<void> {
    if (this.#hasProc && !this.#owners.isEmpty) await this.#look.next()
  }
}

/** A leader that has ended is still to be reaped. */
function withLeader(tree: ProcessTree, found: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const { pid, startTime, exit } = tree
  return exit || found.some(entry => entry.pid === pid) ? found : [{ pid, startTime, group: pid }, ...found]
}

/** Where there is no /proc only the group can be asked, and it is taken for the tree's as long as somebody answers. */
function withoutProc({ pid, startTime, exit }: ProcessTree): readonly ProcessEntry[] {
  return !exit || sendToGroup(pid, 0) ? [{ pid, startTime, group: pid }] : []
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
