import { closeSync, existsSync } from 'node:fs'
import { constants } from 'node:os'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { othersInCgroup } from '../cgroups/members.ts'
import type { SessionCgroup } from '../cgroups/session-cgroup.ts'
import { withDescendants } from './descendants.ts'
import { resetUmask, setPriorityOf, withUmask } from './inheritance.ts'
import * as libc from './libc.ts'
import { openEndlessInput } from './open-stdin.ts'
import { OutputPipes, type ProgramStreams } from './output-pipes.ts'
import { Owners } from './owners.ts'
import { markOf, type ProcEntry, readProcess, readStartTime } from './proc.ts'
import {
  type Exit,
  type ProcessEntry,
  type ProcessHost,
  type ProcessTree,
  type Program,
  type SpawnedProcess,
  SpawnFailed,
  type Terminal,
  type Visit
} from './process-host.ts'
import { spawnWithLimits } from './rlimits.ts'
import { SharedScan } from './shared-scan.ts'
import { type ProcessName, type SendSignal, sendToChild, sendToGroup } from './signals.ts'
import { Strays } from './strays.ts'
import { TerminalStreams } from './terminal-streams.ts'
import { UsageMeter } from './usage-meter.ts'
import { WakeUps } from './wake-ups.ts'

/** Each session needs three descriptors or a few more; below this number of sessions 1,024 are enough. */
const fewSessions = 200
/** How long a tree without visible members waits for strays that may be its own, in milliseconds: others can make strays without end. */
const maxUnsureMs = 1_000
/** How often strays are looked for, and descendants of some trees recorded, while no session is being stopped, in milliseconds. */
const censusMs = 500
const treesPerCensus = 16
/** The same while a process without an owner is being handled. */
const urgentCensusMs = 10
/** How many children one turn of the event loop reaps at most. */
const maxReaped = 256

export function canPosixSpawn(): boolean {
  return process.platform === 'linux' && existsSync(`/proc/self/task/${process.pid}/children`)
}

/**
 * posix_spawn(3) and waitpid(2) through FFI. libc spawns like vfork, so the cost does not depend on the memory of
 * this process, and as child subreaper every daemonized descendant of an app becomes our own child. It reaps every
 * child of the process, so `node:child_process` must not be used beside it.
 */
export class PosixSpawnHost implements ProcessHost {
  readonly name = 'posix-spawn'
  readonly #sendSignal: SendSignal
  readonly #leaders = new Map<number, PosixTree>()
  /** The programs that were started beside a leader; they count as strays of its tree. */
  readonly #besides = new Map<number, PosixTree>()
  readonly #owners = new Owners<PosixTree>()
  readonly #visits = new Map<ProcessTree, Visit>()
  readonly #wakeUps = new WakeUps<ProcessTree>(500)
  readonly #strays: Strays<PosixTree>
  readonly #look = new SharedScan(() => this.#strays.look())
  /** The trees that the next censuses scan. Not a list, which would keep trees that are gone. */
  #uncounted: Iterator<PosixTree> = [].values()

  /** @param notice called for processes that belong to no session */
  constructor(sendSignal: SendSignal, notice: (message: string) => void) {
    this.#sendSignal = sendSignal
    this.#strays = new Strays({
      owners: this.#owners,
      isLeader: pid => this.#leaders.has(pid),
      adopted: (stray, tree) => this.#found(stray, tree),
      notice
    })
    libc.becomeSubreaper()
    resetUmask()
    process.on('SIGCHLD', () => this.#reap())
    this.#scheduleCensus()
  }

  async spawn(program: Program, predecessor?: PosixTree): Promise<ProcessTree> {
    const tree = this.#start(program, predecessor)
    this.#leaders.set(tree.pid, tree)
    this.#owners.add(tree, predecessor)
    if (predecessor) this.#strays.handOver(predecessor, tree)
    return tree
  }

  async spawnBeside(program: Program): Promise<SpawnedProcess> {
    const side = this.#start(program)
    this.#besides.set(side.pid, side)
    return side
  }

  #start(program: Program, predecessor?: PosixTree): PosixTree {
    const { file, argv, cwd, key, extraFd: to, umask } = program
    const pipes = openStreams(program)
    const mark = markOf(key)
    let stdin: number | undefined
    try {
      if (program.stdin && !program.tty) stdin = openEndlessInput()
      const env = Object.entries(program.env).map(([name, value]) => `${name}=${value}`)
      const extra = pipes.extra && to !== undefined ? { from: pipes.extra.write, to } : undefined
      const call = { file, argv, env, cwd, streams: { stdin, ...pipes.given }, extra }
      pipes.giveTo(program.owner)
      const spawnHere = () => withUmask(umask, () => libc.spawnProcess(call))
      const spawn = () => program.cgroup?.around(spawnHere) ?? spawnHere()
      const files = program.hasOpenFiles ? 'itsOwn' : this.#leaders.size > fewSessions ? 'after' : 'before'
      const pid = spawnWithLimits(mark, files, spawn)
      setPriorityOf(pid, program.nice)
      return new PosixTree(pid, { key, mark, predecessor, cgroup: program.cgroup }, pipes)
    } catch (error) {
      pipes.destroy()
      throw new SpawnFailed((error as Error).message, { cause: error })
    } finally {
      pipes.closeWriteEnds()
      if (stdin !== undefined) closeSync(stdin)
    }
  }

  async members(tree: PosixTree, visit?: Visit): Promise<readonly ProcessEntry[]> {
    if (visit) this.#visits.set(tree, visit)
    try {
      for (const deadline = performance.now() + maxUnsureMs; ; ) {
        await this.#look.next()
        const found = await this.#walk(tree, visit)
        if (found.length > 0 || !this.#strays.mayOwnUnowned(tree) || performance.now() > deadline) return found
        await delay(1)
      }
    } finally {
      this.#visits.delete(tree)
    }
  }

  owns(tree: PosixTree, pid: number): boolean {
    return this.#owners.has(tree, pid)
  }

  get endedStrays(): number {
    return this.#strays.ended
  }

  changed(tree: ProcessTree): Promise<void> {
    return this.#wakeUps.next(tree)
  }

  /** The pid of our own child is not reused until it is reaped here. */
  signal(target: ProcessName, signal: NodeJS.Signals): boolean {
    const isOwnChild = this.#leaders.has(target.pid) || this.#strays.has(target.pid)
    return isOwnChild ? sendToChild(target.pid, signal) : this.#sendSignal(target, signal)
  }

  /** A group's id is not reused while its leader is not reaped, and only {@link #reap} does that. */
  signalGroup(leader: SpawnedProcess, signal: NodeJS.Signals): boolean {
    return leader.exit === undefined && sendToGroup(leader.pid, signal)
  }

  async measure(tree: PosixTree): Promise<readonly ProcessEntry[]> {
    await this.#look.next()
    return await this.#walk(tree)
  }

  ticksNow(): number {
    return libc.ticksNow()
  }

  release(tree: PosixTree): void {
    this.#owners.remove(tree)
    this.#strays.release(tree)
  }

  #reap(): void {
    for (let reaped = 0; reaped < maxReaped; reaped++) {
      const child = libc.reapChild()
      if (!child) return
      const leader = this.#leaders.get(child.pid)
      this.#leaders.delete(child.pid)
      const spawned = leader ?? this.#besides.get(child.pid)
      this.#besides.delete(child.pid)
      const tree = leader ?? this.#strays.forget(child.pid) ?? this.#owners.withKey(spawned?.key)
      tree?.usage.reaped(child.usage)
      spawned?.settle(decodeStatus(child.status))
      if (tree) this.#wakeUps.wake(tree)
    }
    setImmediate(() => this.#reap())
  }

  async #walk(tree: PosixTree, visit?: Visit): Promise<readonly ProcEntry[]> {
    const leaders = tree.exit ? [] : [readProcess(tree.pid) ?? unreaped(tree)]
    const seen = await withDescendants([...leaders, ...this.#strays.of(tree)], visit)
    const found = [...seen, ...othersInCgroup(tree, seen, visit)]
    // The leader is known by its pid.
    this.#owners.note(tree, found.slice(leaders.length))
    tree.usage.observe(found)
    return found
  }

  #found(stray: ProcEntry, tree: PosixTree): void {
    this.#visits.get(tree)?.(stray)
    this.#wakeUps.wake(tree)
  }

  #scheduleCensus(): void {
    setTimeout(() => void this.#census(), this.#strays.hasUnowned ? urgentCensusMs : censusMs).unref()
  }

  /** Records descendants, so that they stay known when their parents have ended and they clear their environment. */
  async #census(): Promise<void> {
    await this.#look.next()
    for (const tree of this.#nextTrees()) {
      if (this.#leaders.get(tree.pid) === tree) await this.#walk(tree)
    }
    this.#scheduleCensus()
  }

  /** Some in each census, until all have had their turn. */
  #nextTrees(): PosixTree[] {
    const trees = this.#take()
    if (trees.length > 0) return trees
    this.#uncounted = this.#owners.trees[Symbol.iterator]()
    return this.#take()
  }

  #take(): PosixTree[] {
    const trees: PosixTree[] = []
    while (trees.length < treesPerCensus) {
      const { value, done } = this.#uncounted.next()
      if (done) break
      trees.push(value)
    }
    return trees
  }
}

function openStreams({ tty, extraFd }: Program): ProgramStreams {
  const hasExtra = extraFd !== undefined
  try {
    return tty ? new TerminalStreams(hasExtra) : new OutputPipes(hasExtra)
  } catch (error) {
    throw new SpawnFailed(`no ${tty ? 'terminal' : 'pipe'} for its output: ${(error as Error).message}`, {
      cause: error
    })
  }
}

/** A leader that has ended: it counts until it is reaped. */
function unreaped({ pid, startTime }: PosixTree): ProcEntry {
  const ids = { pid, startTime, group: pid, session: pid, parent: process.pid }
  return { ...ids, isStopped: false, cpuTicks: 0, rssBytes: 0 }
}

type Origin = Pick<ProcessTree, 'key' | 'mark' | 'cgroup'> & { readonly predecessor: ProcessTree | undefined }

class PosixTree implements ProcessTree {
  readonly pid: number
  readonly key: string
  readonly mark: number
  readonly startTime: number
  readonly since: number
  readonly stdout: Readable
  readonly stderr: Readable
  readonly extra: Readable | undefined
  readonly terminal: Terminal | undefined
  readonly #exited = Promise.withResolvers<Exit>()
  readonly exited = this.#exited.promise
  readonly cgroup: SessionCgroup | undefined
  readonly usage: UsageMeter
  exit: Exit | undefined
  endTime: number | undefined

  constructor(
    pid: number,
    { key, mark, predecessor, cgroup }: Origin,
    { stdout, stderr, extra, terminal }: ProgramStreams
  ) {
    this.pid = pid
    this.key = key
    this.mark = mark
    this.startTime = readStartTime(pid)
    this.since = predecessor?.since ?? this.startTime
    this.cgroup = cgroup
    this.usage = (predecessor?.usage ?? new UsageMeter()).countIn(cgroup)
    this.stdout = stdout.source
    this.stderr = stderr.source
    this.extra = extra?.source
    this.terminal = terminal
  }

  settle(exit: Exit): void {
    this.exit = exit
    this.endTime = libc.ticksNow()
    this.#exited.resolve(exit)
  }
}

function decodeStatus(status: number): Exit {
  const signal = status & 0x7f
  return signal === 0 ? { exitCode: (status >> 8) & 0xff } : { signal: signalName(signal) }
}

/** The first name of those that have several. */
const signalNames = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name])
)

function signalName(number: number): string {
  return signalNames.get(number) ?? `SIG${number}`
}
