import { type IOType, type SpawnOptions, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { othersInCgroup } from '../cgroups/members.ts'
import { wouldRunInShell } from './has-interpreter.ts'
import { resetUmask, setPriorityOf, withUmask } from './inheritance.ts'
import { Owners } from './owners.ts'
import { hasProc, markOf, readStartTime, ticksNow } from './proc.ts'
import {
  type Exit,
  type ProcessEntry,
  type ProcessHost,
  type ProcessTree,
  type Program,
  type SpawnedProcess,
  SpawnFailed,
  type Visit
} from './process-host.ts'
import { ProcessTable } from './process-table.ts'
import { SharedScan } from './shared-scan.ts'
import { type ProcessName, type SendSignal, sendToGroup } from './signals.ts'
import { UsageMeter } from './usage-meter.ts'
import { WakeUps } from './wake-ups.ts'

/** How often processes are scanned while no session is being stopped, in milliseconds: a descendant once seen stays known. */
const censusMs = 2_000

/** How long a tree without visible members waits for processes whose owner is not known yet, in milliseconds. */
const maxUnsureMs = 100

/** Lowers the limit of open files of a running process; undefined if FFI does not work. */
export type LowerOpenFiles = (pid: number) => void

/** Node's own spawn: works everywhere, costs more, and is notified only of processes that it started. */
export class ChildProcessHost implements ProcessHost {
  readonly name = 'child-process'
  /** What is no child of this process can't be told from processes that have nothing to do with it. */
  readonly endedStrays = 0
  readonly #sendSignal: SendSignal
  readonly #lowerOpenFiles: LowerOpenFiles | undefined
  readonly #hasProc = hasProc()
  readonly #owners = new Owners<ProcessTree>()
  readonly #visits = new Map<ProcessTree, Visit>()
  /** Exits of grandchildren are reported to their own parent or init, not to this process, so it polls. */
  readonly #wakeUps = new WakeUps<ProcessTree>(20)
  readonly #table = new ProcessTable(this.#owners, (entry, tree) => this.#visits.get(tree)?.(entry))
  readonly #look = new SharedScan(() => this.#table.look())

  constructor(sendSignal: SendSignal, lowerOpenFiles?: LowerOpenFiles) {
    this.#sendSignal = sendSignal
    this.#lowerOpenFiles = lowerOpenFiles
    resetUmask()
    setInterval(() => void this.#census(), censusMs).unref()
  }

  async spawn(program: Program, predecessor?: ProcessTree): Promise<ProcessTree> {
    const tree = await this.#start(program, predecessor)
    this.#owners.add(tree, predecessor)
    return tree
  }

  spawnBeside(program: Program): Promise<SpawnedProcess> {
    return this.#start(program)
  }

  async #start(program: Program, predecessor?: ProcessTree): Promise<ProcessTree> {
    const { file, argv, env, cwd, key, extraFd, umask, stdin } = program
    const { promise: exited, resolve: settle } = Promise.withResolvers<Exit>()
    if (program.tty) throw new SpawnFailed('tty = true needs the spawner posix-spawn, and this one is child-process')
    if (wouldRunInShell(file)) throw new SpawnFailed('exec format error (ENOEXEC)')
    const [argv0 = file, ...args] = argv
    const options: SpawnOptions = { argv0, cwd, env, detached: true, stdio: stdioWith(extraFd, stdin) }
    const spawnHere = () => withUmask(umask, () => spawn(file, args, options))
    const child = program.cgroup?.around(spawnHere) ?? spawnHere()
    if (child.pid !== undefined) this.#limit(child.pid, program)
    child.stdin?.on('error', () => {})
    const startTime = child.pid === undefined ? 0 : readStartTime(child.pid)
    const tree = {
      ...{ pid: child.pid as number, key, mark: markOf(key) },
      ...{ startTime, since: predecessor?.since ?? startTime },
      stdout: child.stdout as Readable,
      stderr: child.stderr as Readable,
      extra: extraFd === undefined ? undefined : (child.stdio[extraFd] as Readable),
      exit: undefined as Exit | undefined,
      endTime: undefined as number | undefined,
      cgroup: program.cgroup,
      usage: (predecessor?.usage ?? new UsageMeter()).countIn(program.cgroup),
      exited
    }
    await new Promise<void>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(new SpawnFailed(error.message, { cause: error })))
      child.on('spawn', resolve)
      child.on('exit', (code, signal) => {
        tree.exit = signal ? { signal } : { exitCode: code ?? 0 }
        tree.endTime = ticksNow()
        // In the next phase of the event loop: simultaneous exits share one scan of /proc.
        setImmediate(() => {
          settle(tree.exit as Exit)
          this.#wakeUps.wake(tree)
        })
      })
    })
    return tree
  }

  async members(tree: ProcessTree, visit?: Visit): Promise<readonly ProcessEntry[]> {
    if (!this.#hasProc) return withoutProc(tree)
    if (visit) this.#visits.set(tree, visit)
    try {
      for (const deadline = performance.now() + maxUnsureMs; ; ) {
        await this.#look.next()
        const seen = withLeader(tree, this.#table.of(tree))
        const found = [...seen, ...othersInCgroup(tree, seen)]
        if (visit) for (const entry of found) visit(entry)
        if (found.length > 0 || !this.#table.isUnsure || performance.now() > deadline) return found
        await delay(1)
      }
    } finally {
      this.#visits.delete(tree)
    }
  }

  owns(tree: ProcessTree, pid: number): boolean {
    return this.#owners.has(tree, pid)
  }

  changed(tree: ProcessTree): Promise<void> {
    return this.#wakeUps.next(tree)
  }

  signal(target: ProcessName, signal: NodeJS.Signals): boolean {
    return this.#hasProc ? this.#sendSignal(target, signal) : sendToGroup(target.pid, signal)
  }

  /**
   * A group's id is not reused while its leader is not reaped. libuv reaps a child and emits its `exit` in one step, with
   * no code in between that sends signals: waiters are woken in the next phase.
   */
  signalGroup(leader: SpawnedProcess, signal: NodeJS.Signals): boolean {
    return leader.exit === undefined && sendToGroup(leader.pid, signal)
  }

  async measure(tree: ProcessTree): Promise<readonly ProcessEntry[]> {
    if (this.#hasProc) await this.#look.next()
    const seen = this.#table.of(tree)
    return [...seen, ...othersInCgroup(tree, seen)]
  }

  ticksNow(): number {
    return ticksNow()
  }

  release(tree: ProcessTree): void {
    this.#owners.remove(tree)
  }

  #limit(pid: number, { nice, hasOpenFiles }: Program): void {
    if (!hasOpenFiles) this.#lowerOpenFiles?.(pid)
    setPriorityOf(pid, nice)
  }

  async #census(): Promise<void> {
    if (this.#hasProc && !this.#owners.isEmpty) await this.#look.next()
  }
}

/** Descriptors between stderr and the extra one are /dev/null. */
function stdioWith(extraFd: number | undefined, stdin: Program['stdin']): IOType[] {
  const usual: IOType[] = [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe']
  return extraFd === undefined ? usual : [...usual, ...Array<IOType>(extraFd - 3).fill('ignore'), 'pipe']
}

/** Adds the leader until it is reaped. */
function withLeader(tree: ProcessTree, found: readonly ProcessEntry[]): readonly ProcessEntry[] {
  const { pid, startTime, exit } = tree
  return exit || found.some(entry => entry.pid === pid) ? found : [{ pid, startTime, group: pid }, ...found]
}

/** Without /proc only the group can be probed: it counts as the tree as long as it has members. */
function withoutProc({ pid, startTime, exit }: ProcessTree): readonly ProcessEntry[] {
  return !exit || sendToGroup(pid, 0) ? [{ pid, startTime, group: pid }] : []
}
