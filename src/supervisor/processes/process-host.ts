import type { Readable } from 'node:stream'
import type { SpawnerName } from '../../protocol/spawners.ts'
import type { SessionCgroup } from '../cgroups/session-cgroup.ts'
import type { ProcessName } from './signals.ts'
import type { UsageMeter } from './usage-meter.ts'

/**
 * The only interface to the processes of apps: all spawning, reaping and signalling goes through it. The same tests run on
 * both implementations.
 */
export interface ProcessHost {
  readonly name: SpawnerName
  /** How many processes were ended because nothing told whose they were. */
  readonly endedStrays: number
  /**
   * Starts a program as the leader of its own session and process group, stdin at /dev/null, stdout and stderr piped.
   * What is left of `predecessor`, the tree of an earlier program with the same key, belongs to the new tree from then on.
   * @throws {SpawnFailed} if the operating system refuses; `predecessor` stays as it is then.
   */
  spawn(program: Program, predecessor?: ProcessTree): Promise<ProcessTree>
  /**
   * Starts another program of a tree: it counts as a member, by the key in its environment. It leads a session and a
   * process group of its own. @throws {SpawnFailed} likewise.
   */
  spawnBeside(program: Program): Promise<SpawnedProcess>
  /**
   * All living processes of a tree, and its leader until it is reaped; empty only if none is alive.
   * `visit` is called for each process as soon as it is found, before its children are read.
   */
  members(tree: ProcessTree, visit?: Visit): Promise<readonly ProcessEntry[]>
  /** Whether a process is one of the tree. One that is gone is not, but for the leader. */
  owns(tree: ProcessTree, pid: number): boolean
  /** Resolves when a process of the tree has ended or was found, or when it is time to scan again. */
  changed(tree: ProcessTree): Promise<void>
  /** Sends a signal to this process only, never to one that reuses its pid. False if it is gone. */
  signal(target: ProcessName, signal: NodeJS.Signals): boolean
  /** Sends a signal to the group of a leader that is not reaped yet, at once to all its members. */
  signalGroup(leader: SpawnedProcess, signal: NodeJS.Signals): boolean
  /** Looks at a tree, so that its `usage` is that of now; many calls share one look. Resolves with what was seen. */
  measure(tree: ProcessTree): Promise<readonly ProcessEntry[]>
  /** Clock ticks from boot to now, as in the start time of a process. */
  ticksNow(): number
  /** Releases a tree without living processes. */
  release(tree: ProcessTree): void
}

export type Visit = (entry: ProcessEntry) => void

export interface Program {
  /** Absolute path of the executable. */
  readonly file: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** The value of `WEFT_SESSION_KEY` in `env`, which marks every descendant that keeps its environment. */
  readonly key: string
  /** The number of one more descriptor, to write to; what is written comes out of `extra` of the process. */
  readonly extraFd?: number | undefined
  /** A stdin that never ends, in place of /dev/null. */
  readonly stdin?: 'open' | undefined
  /** A terminal as its controlling one and as all its streams; what it writes is its stdout. */
  readonly tty?: true | undefined
  readonly umask?: number | undefined
  /** What it is to be in, with all that it starts. */
  readonly cgroup?: SessionCgroup | undefined
  /** 0 if it is absent. */
  readonly nice?: number
  /** Whether it sets its own limit of open files. */
  readonly hasOpenFiles?: boolean
  /** Absent if it is run by the user of this process. */
  readonly owner?: Owner | undefined
}

/** To whom files of a program belong. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The terminal of a program, which is read as its stdout. */
export interface Terminal {
  /** Resolves when it has been read to the end, which comes when the first process has exited. */
  readonly ended: Promise<void>
}

/** A program that was spawned as the leader of a session and a process group. */
export interface SpawnedProcess {
  /** Also the id of its session and its process group. */
  readonly pid: number
  readonly stdout: Readable
  readonly stderr: Readable
  /** Its `stderr` has ended if it has one. */
  readonly terminal?: Terminal | undefined
  /** What is written to `extraFd`. */
  readonly extra: Readable | undefined
  /** Set once it is reaped: from then on its pid can be reused. */
  readonly exit: Exit | undefined
  readonly exited: Promise<Exit>
}

/** A spawned program, the leader, and all its descendants. */
export interface ProcessTree extends SpawnedProcess {
  readonly key: string
  /** What {@link markOf} derives from the key. */
  readonly mark: number
  /** Clock ticks from boot to the leader's start; with the pid it identifies the process. 0 if there is no /proc. */
  readonly startTime: number
  /** The start of the first of its predecessors, or its own: no process of it is older. */
  readonly since: number
  /** Absent where it has none. */
  readonly cgroup: SessionCgroup | undefined
  /** What its processes use. */
  readonly usage: UsageMeter
  /** With `exit`: clock ticks from boot to when it was reaped. */
  readonly endTime: number | undefined
}

/** How a process ended: a code or the name of a signal. */
export type Exit = { readonly exitCode: number } | { readonly signal: string }

/** A living process, seen at one moment. */
export interface ProcessEntry extends ProcessName {
  readonly group: number
}

/** The operating system or the file system refused to start a program. The message is for people. */
export class SpawnFailed extends Error {}
