import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Test } from 'tap'
import { allProcesses, type ProcEntry } from '../../src/supervisor/processes/proc.ts'
import { tryKill } from '../gateway-process.ts'

const path = `${process.env.PATH}${delimiter}/usr/sbin`

/** The options of a test that needs programs of the system; CI installs all of them. */
export function skipWithoutPrograms(...names: readonly string[]): { readonly skip?: string } {
  const missing = names.filter(name => !path.split(delimiter).some(folder => isProgram(join(folder, name))))
  return missing.length === 0 || process.env.CI ? {} : { skip: `not installed: ${missing.join(', ')}` }
}

interface Run {
  readonly command: readonly string[]
  readonly cwd: string
  /** How long it may take to end after SIGTERM. */
  readonly graceMs?: number
}

/** A program that runs in the foreground, in a process group of its own, until the test ends. */
export class Program {
  errors = ''
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  #hasClosed = false

  constructor(t: Test, { command, cwd, graceMs = 10_000 }: Run) {
    const [file = '', ...args] = command
    const child = spawn(file, args, {
      cwd,
      detached: true,
      env: { PATH: path, HOME: cwd },
      stdio: ['ignore', 'ignore', 'pipe']
    })
    this.#child = child
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#closed = promise
    child.on('error', error => {
      this.errors += error.message
    })
    child.on('close', () => {
      this.#hasClosed = true
      resolve()
    })
    child.stderr?.on('data', chunk => {
      this.errors += chunk
    })
    t.teardown(() => this.#end(graceMs))
  }

  /** Living processes of its group. */
  get processes(): ProcEntry[] {
    return allProcesses().filter(({ group }) => group === this.#child.pid)
  }

  /** Resolves when `isUp` does with true. Rejects if the program ends before. */
  async until(isUp: () => Promise<boolean>): Promise<void> {
    while (!(await isUp())) {
      if (this.#hasClosed) throw new Error(`${this.#child.spawnfile} ended: ${this.errors.slice(-2_000)}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  /** nginx ends its workers on SIGTERM, and leaves them behind on SIGKILL: all get that one only if it is late. */
  async #end(graceMs: number): Promise<void> {
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => {
      for (const { pid } of this.processes) tryKill(pid)
    }, graceMs)
    await this.#closed
    clearTimeout(timer)
    const left = this.processes.map(({ pid }) => pid)
    if (left.length > 0) throw new Error(`${this.#child.spawnfile} left processes: ${left}`)
  }
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
