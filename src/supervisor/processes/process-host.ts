import type { Readable } from 'node:stream'
import type { SpawnerName } from '../../protocol/spawners.ts'
import type { ProcessName } from './signals.ts'

/**
 * The only door to the operating system's processes: all spawning, reaping and signalling of app processes goes
 * through here. Two implementations, one set of tests.
 */
export interface ProcessHost {
  readonly name: SpawnerName
  /**
   * Starts a program as the leader of its own session and process group, stdin closed, stdout and stderr piped.
   * @throws {SpawnFailed} if the operating system refuses.
   */
  spawn(program: Program): Promise<ProcessTree>
  /**
   * All that is alive of a tree, its leader included until it is reaped: an empty answer is the proof that nothing is.
   * `visit` is called for each process as soon as it is seen, before its children are looked for.
   */
  members(tree: ProcessTree, visit?: Visit): Promise<readonly ProcessEntry[]>
  /** Resolves when some process of the tree has ended or was found, or when it is time to look again. */
  changed(tree: ProcessTree): Promise<void>
  /** Sends a signal to that process and to no other. False if it is gone. */
  signal(target: ProcessName, signal: NodeJS.Signals): boolean
  /** Sends a signal to the group of a leader that is not reaped yet, at once to all its members. */
  signalGroup(tree: ProcessTree, signal: NodeJS.Signals): boolean
  /** Forgets a tree of which nothing is left. */
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
}

/** A spawned program and all its descendants. */
export interface ProcessTree {
  /** Of the leader; also the id of its session and its process group. */
  readonly pid: number
  readonly key: string
  /** Clock ticks from boot to the leader's start; with the pid it names the process for good. 0 where there is no /proc. */
  readonly startTime: number
  readonly stdout: Readable
  readonly stderr: Readable
  /** Set once the leader is reaped: from then on its pid may belong to somebody else. */
  readonly exit: Exit | undefined
  /** With `exit`: clock ticks from boot to when it was reaped. */
  readonly endTime: number | undefined
  readonly exited: Promise<Exit>
}

/** How a process ended: a code or the name of a signal. */
export type Exit = { readonly exitCode: number } | { readonly signal: string }

/** A living process, seen at one moment. */
export interface ProcessEntry extends ProcessName {
  readonly group: number
}

/** The operating system or the file system refused to start a program. The message is for people. */
export class SpawnFailed extends Error {}
