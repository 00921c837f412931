import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { processesOf } from './processes.ts'

export interface ServerOptions {
  readonly args: readonly string[]
  readonly cwd?: string
  /** Where its log goes; not shown by default. */
  readonly logFile?: string
  /** Modules that Node loads before the program. */
  readonly preload?: readonly URL[]
}

/** A server in a process of its own, from its start until it has listened to until it is gone. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string
  /** From the start of the process until it said that it listens, in milliseconds. */
  readonly startMs: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string, startMs: number) {
    this.#child = child
    this.url = url
    this.startMs = startMs
  }

  static async start({ args, cwd, logFile, preload = [] }: ServerOptions): Promise<ServerProcess> {
    const begin = performance.now()
    const log = logFile === undefined ? 'ignore' : openSync(logFile, 'a')
    const child = spawn(process.execPath, args, {
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', 'pipe', log],
      env: { PATH: process.env.PATH, NODE_OPTIONS: preload.map(module => `--import=${module.href}`).join(' ') }
    })
    const exited = once(child, 'exit')
    for (let text = ''; ; ) {
      const [chunk] = await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, 'data'), exited])
      if (!(chunk instanceof Buffer)) throw new Error(`it does not listen, see ${logFile}: node ${args.join(' ')}`)
      text += chunk
      const url = /listens on (\S+)\s/.exec(text)?.[1]
      if (url) return new ServerProcess(child, url, performance.now() - begin)
    }
  }

  /** Pids of this process and all its helpers, without the apps. */
  get pids(): readonly number[] {
    return processesOf(this.#child.pid as number)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }
}
