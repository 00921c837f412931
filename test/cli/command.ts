import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'smol-toml'
import type { Test } from 'tap'

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A run of the command `weft-gateway`, killed with the test if it still runs then. */
export class Command {
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  stdout = ''
  stderr = ''

  constructor(t: Test, args: readonly string[], { env = {}, cwd = '/' }: Surroundings = {}) {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', ...env }
    })
    this.child = child
    this.exited = once(child, 'close').then(([code]) => code)
    child.stdout?.on('data', chunk => {
      this.stdout += chunk
    })
    child.stderr?.on('data', chunk => {
      this.stderr += chunk
    })
    t.teardown(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await this.exited
    })
  }

  /** The address it prints when it listens. */
  async address(): Promise<string> {
    while (!this.stdout.includes('\n')) {
      const code = await Promise.race([
        once(this.child.stdout as NonNullable<typeof this.child.stdout>, 'data'),
        this.exited
      ])
      if (!Array.isArray(code)) throw new Error(`it exited with ${code}: ${this.stderr}`)
    }
    return /^weft-gateway listens on (\S+).*\n/.exec(this.stdout)?.[1] ?? ''
  }

  /** Code and outputs of a run that ends by itself. */
  async ended(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const code = await this.exited
    return { code, stdout: this.stdout, stderr: this.stderr }
  }
}

/** Writes a configuration file and returns its path. */
export async function configFile(
  folder: string,
  settings: object | string,
  name = 'weft-gateway.toml'
): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof settings === 'string' ? settings : stringify(settings))
  return path
}
