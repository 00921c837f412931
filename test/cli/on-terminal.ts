import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { Test } from 'tap'

const fixture = new URL('../fixtures/on-terminal.py', import.meta.url).pathname
const main = new URL('../../src/cli/main.ts', import.meta.url).pathname

export interface TerminalOptions {
  readonly columns: number
  readonly env?: Readonly<Record<string, string>>
  /** The program of `weft-gateway`; by default its source. */
  readonly program?: string
}

/** A run of the command `weft-gateway` on a terminal of 24 rows, killed with the test if it still runs then. */
export class OnTerminal {
  readonly #child: ChildProcess
  readonly exited: Promise<number | null>
  output = ''

  constructor(t: Test, args: readonly string[], { columns, env = {}, program = main }: TerminalOptions) {
    const child = spawn('python3', [fixture, String(columns), process.execPath, program, ...args], {
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env },
      stdio: ['pipe', 'pipe', 'inherit']
    })
    this.#child = child
    this.exited = once(child, 'close').then(([code]) => code)
    child.stdin?.on('error', () => {})
    child.stdout?.on('data', chunk => {
      this.output += chunk
    })
    t.teardown(() => child.kill('SIGKILL'))
  }

  type(text: string): void {
    const stdin = this.#child.stdin as Writable
    stdin.write(text)
  }

  /** Waits until it has written this, from the character `begin` on. */
  async until(text: string | RegExp, begin = 0): Promise<void> {
    const isThere = () => {
      const output = this.output.slice(begin)
      return typeof text === 'string' ? output.includes(text) : text.test(output)
    }
    while (!isThere()) {
      const over = await Promise.race([once(this.#child.stdout as Readable, 'data'), this.exited])
      if (!Array.isArray(over) && !isThere()) throw new Error(`it exited with ${over}: ${this.output}`)
    }
  }
}
