import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HomeCgroup } from './home-cgroup.ts'

/** The cgroup of a run, with all the processes that it has started: none can leave it without the right to. */
export class SessionCgroup {
  readonly folder: string
  /** Those that are in force in it. */
  readonly controllers: readonly string[]

  readonly #home: HomeCgroup
  readonly #limits: (readonly [file: string, text: string])[] = []

  constructor(folder: string, controllers: readonly string[], home: HomeCgroup) {
    this.folder = folder
    this.controllers = controllers
    this.#home = home
  }

  /**
   * Spawns so that the new process is in it from birth: this process, whose cgroup it inherits, is in it meanwhile. What is
   * moved only afterwards can have forked already. The limits follow when this process has left, which they must not hit.
   */
  around<T>(spawn: () => T): T {
    const isInside = this.write('cgroup.procs', `${process.pid}`)
    try {
      return spawn()
    } finally {
      if (isInside) this.#home.enter()
      for (const [file, text] of this.#limits.splice(0)) this.write(file, text)
    }
  }

  /** The processes in it, and in those that they have made below it. */
  get pids(): readonly number[] {
    return this.#isPopulated ? pidsIn(this.folder).filter(pid => pid !== process.pid) : []
  }

  /** Kills all of them, also those that are being forked. Does nothing before Linux 5.14. */
  kill(): void {
    if (!pidsIn(this.folder).includes(process.pid)) this.write('cgroup.kill', '1')
  }

  /** CPU time so far, in milliseconds. */
  get cpuMs(): number {
    return this.number('cpu.stat', 'usage_usec') / 1_000
  }

  /** The most memory that it had, in bytes; undefined without the memory controller. */
  get peakBytes(): number | undefined {
    const peak = Number(read(join(this.folder, 'memory.peak')))
    return peak > 0 ? peak : undefined
  }

  /** A number of a file with lines of a name and a number; 0 if it is not there. */
  number(file: string, name: string): number {
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(read(join(this.folder, file)))?.[1] ?? 0)
  }

  /** Sets a limit of the processes that are spawned into it. */
  limit(file: string, text: string): void {
    this.#limits.push([file, text])
  }

  /** False if the kernel refuses. */
  write(file: string, text: string): boolean {
    try {
      writeFileSync(join(this.folder, file), text, { flag: 'r+' })
      return true
    } catch {
      return false
    }
  }

  /** Removes it, and those below it. False if it is not empty. */
  remove(): boolean {
    return removeTree(this.folder)
  }

  get #isPopulated(): boolean {
    return this.number('cgroup.events', 'populated') === 1
  }
}

function pidsIn(folder: string): number[] {
  const own = read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number)
  return [...own, ...below(folder).flatMap(pidsIn)]
}

function removeTree(folder: string): boolean {
  for (const child of below(folder)) removeTree(child)
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function below(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => join(folder, name))
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
