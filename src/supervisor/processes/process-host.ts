import type { Readable } from 'node:stream'
import type { SpawnerName } from '../../protocol/spawners.ts'

/**
 * The only door to the operating system's processes: all spawning, reaping and signalling of app processes goes
 * through here. Two implementations, one set of tests.
 */
export interface ProcessHost {
  readonly name: SpawnerName
  /**
   * Starts a program as the leader of its own session and process group, stdin closed, stdout and stderr piped.
   * @throws {SpawnFailed} where the operating system refuses.
   */
  spawn(program: Program): Promise<ProcessTree>
  /** What is alive of a tree, its unreaped leader apart: group members and those that left the group. */
  survivors(tree: ProcessTree): readonly ProcessEntry[]
  /** Resolves when some process has ended, or when it is time to look again. */
  changed(): Promise<void>
  /** Forgets a tree of which nothing is left. */
  release(tree: ProcessTree): void
}

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
  readonly exited: Promise<Exit>
}

/** How a process ended: a code or the name of a signal. */
export type Exit = { readonly exitCode: number } | { readonly signal: string }

/** A living process, seen at one moment. */
export interface ProcessEntry {
  readonly pid: number
  readonly group: number
}

/** The operating system or the file system refused to start a program. The message is for people. */
export class SpawnFailed extends Error {}

/** Sends a signal; a negative pid is a process group. False where nobody is there (any more). */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return true
    return false
  }
}
