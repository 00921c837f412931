import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Test } from 'tap'
import { root } from '../../scripts/site/pages.ts'
import { freePort } from './free-port.ts'

const end = '--- end of the command ---'

/** What a program has printed so far. */
export class Output {
  #text = ''
  #wake = () => {}
  #hasEnded = false

  constructor(child: ChildProcess) {
    child.once('close', () => {
      this.#hasEnded = true
      this.#wake()
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => {
        this.#text += chunk
        this.#wake()
      })
    }
  }

  get lines(): string[] {
    return this.#text.split('\n').slice(0, -1)
  }

  take(): string[] {
    const { lines } = this
    this.#text = ''
    return lines
  }

  async until(isThere: (lines: string[]) => boolean): Promise<void> {
    const tooLong = AbortSignal.timeout(60_000)
    tooLong.addEventListener('abort', () => this.#wake())
    while (!isThere(this.lines)) {
      if (this.#hasEnded || tooLong.aborted) throw new Error(`not what the page says: ${this.#text}`)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }
}

/** A shell in which the commands of a page run one after another, against a gateway on a port of its own. */
export class PageShell {
  readonly atEnd: (() => Promise<void>)[] = []
  readonly world: string
  readonly #t: Test
  readonly #folder: string
  readonly #env: Record<string, string>
  readonly #bash: ChildProcess
  readonly #output: Output

  private constructor(t: Test, folder: string, port: number, world: string) {
    this.#t = t
    this.world = world
    this.#folder = folder
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/cli/main.ts')}' "$@"\n`
    writeFileSync(join(bin, 'weft-gateway'), program, { mode: 0o755 })
    this.#env = {
      PATH: [bin, process.env.PATH].join(delimiter),
      HOME: folder,
      EDITOR: 'true',
      WEFT_GATEWAY_PORT: String(port),
      WEFT_GATEWAY_STATE_DIR: join(folder, 'state')
    }
    this.#bash = this.#start(['-s'])
    this.#output = new Output(this.#bash)
    this.#bash.stdin?.write('exec 2>&1\n')
  }

  /** With a gateway, unless the page starts one itself. */
  static async open(t: Test, folder: string, world: string): Promise<PageShell> {
    const shell = new PageShell(t, folder, await freePort(), world)
    if (world === 'own app') return shell
    const output = await shell.goOn('exec weft-gateway serve')
    await output.until(lines => lines.some(line => line.includes('listens on')))
    const epoch = 'curl -s localhost:7410/sessions | jq -r .eventCursor | cut -d. -f1'
    shell.#env.EPOCH = (await shell.run(epoch)).lines.at(-1) ?? ''
    return shell
  }

  /** What the command has printed, on stdout and stderr, and its exit code, when it has ended. */
  async run(command: string): Promise<{ lines: string[]; code: number }> {
    this.#bash.stdin?.write(`{ ${this.#here(command)}\n} </dev/null\necho "${end} $?"\n`)
    await this.#output.until(lines => lines.at(-1)?.startsWith(end) === true)
    const lines = this.#output.take()
    return { code: Number(lines.pop()?.slice(end.length)), lines }
  }

  /** Starts a command that does not end by itself, with the variables of the shell. */
  async goOn(command: string): Promise<Output> {
    const variables = (await this.run('declare -p cursor id last 2>/dev/null')).lines.join('; ')
    const child = this.#start(['-c', `${variables}\n${this.#here(command)}`])
    if (command.includes('weft-gateway serve')) this.#bash.stdin?.write(`pid=${child.pid}\n`)
    return new Output(child)
  }

  /** The addresses and folders of a page are those of this test. */
  #here(command: string): string {
    return command
      .replaceAll(/(localhost|127\.0\.0\.1):7410/g, `127.0.0.1:${this.#env.WEFT_GATEWAY_PORT}`)
      .replaceAll('/var/lib/weft-gateway', `${this.#folder}/state`)
      .replaceAll('/backup/', `${this.#folder}/`)
      .replaceAll('gVRbKQ', this.#env.EPOCH ?? 'gVRbKQ')
      .replace(/^curl /, 'curl -sS ')
      .replace(/^weft-gateway serve/, 'exec weft-gateway serve')
  }

  #start(args: readonly string[]): ChildProcess {
    const child = spawn('bash', args, { cwd: this.#folder, env: this.#env, detached: true, stdio: 'pipe' })
    child.stdin?.on('error', () => {})
    const exited = once(child, 'exit')
    this.#t.teardown(async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid as number), 'SIGTERM')
      await exited
    })
    return child
  }
}
