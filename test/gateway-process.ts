import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'smol-toml'
import type { Test } from 'tap'
import type { AppEntry } from '../src/config/complete-apps.ts'
import type { TokenEntry } from '../src/config/schema.ts'
import type { Session } from '../src/session/session.ts'
import { allProcesses, readSessionKey } from '../src/supervisor/processes/proc.ts'
import { checkResponse } from './contract/committed.ts'

const main = new URL('../src/cli/main.ts', import.meta.url).pathname

export interface GatewaySettings {
  readonly apps: Readonly<Record<string, Partial<AppEntry>>>
  readonly server?: object
  readonly retention?: object
  readonly limits?: object
  readonly tokens?: readonly TokenEntry[]
  /** Environment variables of the gateway. */
  readonly env?: Readonly<Record<string, string>>
}

export interface EventOfTest {
  readonly id: string
  readonly seq: number
  readonly type: string
  readonly session: Session
}

/** A gateway as a process of its own, which can be killed and started again on its state folder. */
export class GatewayProcess {
  readonly stateDir: string
  #child: ChildProcess | undefined
  #url = ''
  #env: GatewaySettings['env'] = {}
  log = ''

  constructor(stateDir: string) {
    this.stateDir = stateDir
  }

  /** @returns a gateway that runs, and that goes with the test, with its supervisor and all sessions */
  static async start(t: Test, settings: GatewaySettings, stateDir?: string): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(stateDir ?? (await mkdtemp(join(tmpdir(), 'weft-'))))
    t.teardown(() => gateway.remove())
    await gateway.configure(settings)
    await gateway.start()
    return gateway
  }

  /** Writes the configuration that the next start reads. */
  async configure({ env, ...settings }: GatewaySettings): Promise<void> {
    this.#env = env
    const apps = Object.entries(settings.apps).map(([id, app]) => {
      const env = { ...app.env, WEFT_TEST_STATE: this.stateDir }
      return [id, { stopGraceMs: 500, ...app, env }]
    })
    const file = { limits: { maxStarting: 1_000 }, ...settings, apps: Object.fromEntries(apps) }
    await writeFile(join(this.stateDir, 'weft-gateway.toml'), stringify(file))
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  get pid(): number {
    return this.#child?.pid as number
  }

  get url(): string {
    return this.#url
  }

  /** Starts, or starts again. Rejects with what it says where it does not come to listen. */
  async start(): Promise<void> {
    const args = [
      main,
      '--config',
      join(this.stateDir, 'weft-gateway.toml'),
      '--state-dir',
      this.stateDir,
      '--port',
      '0'
    ]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', ...this.#env }
    })
    this.#child = child
    child.stderr?.on('data', chunk => {
      this.log += chunk
    })
    const [line, signal] = await Promise.race([
      once(child.stdout as NonNullable<typeof child.stdout>, 'data'),
      // Not before its last words are read.
      once(child, 'close')
    ])
    const address = /listens on (\S+)/.exec(String(line))?.[1]
    if (!address) throw new Error(`the gateway does not listen: ${signal ?? line} ${this.log}`)
    this.#url = address
  }

  async signal(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child as ChildProcess
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = await exited
    return code
  }

  /** The process of the supervisor on this state folder, if there is one. */
  supervisorPid(): number | undefined {
    const candidates = allProcesses().filter(({ pid }) => {
      const command = commandOf(pid)
      return command.includes('supervisor/main.ts') && command.includes(this.stateDir)
    })
    // A process that it spawns has its command line until the exec.
    const pids = new Set(candidates.map(({ pid }) => pid))
    return candidates.find(({ parent }) => !pids.has(parent))?.pid
  }

  /** Resolves when the log has a line that matches; it comes through a pipe, later than what is served. */
  async untilLogged(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.log)) await new Promise(resolve => setTimeout(resolve, 20))
  }

  /** @throws where the answer is not as openapi.yaml says */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, init)
    await checkResponse(path, init.method, response)
    return response
  }

  async launch(appId: string, prefer = 'wait=60'): Promise<Session> {
    const headers = { 'content-type': 'application/json', prefer }
    const response = await this.call('/sessions', { method: 'POST', headers, body: JSON.stringify({ appId }) })
    const answer = await response.json()
    if (response.status !== 201) throw new Error(`launch of ${appId}: ${response.status} ${JSON.stringify(answer)}`)
    return answer as Session
  }

  /** As it is recorded: without its usage, which is another with each look. */
  async session(id: number): Promise<Session> {
    const { usage, ...recorded } = (await (await this.call(`/sessions/${id}`)).json()) as Session & { usage?: unknown }
    return recorded
  }

  async until(id: number, goal: 'ready' | 'stopped'): Promise<Session> {
    return (await (await this.call(`/sessions/${id}/wait?for=${goal}&timeoutMs=60000`)).json()) as Session
  }

  /** All events in the log, in order. */
  async events(): Promise<EventOfTest[]> {
    const events: EventOfTest[] = []
    for (let since = ''; ; ) {
      const page = await this.call(`/events?limit=1000${since}`, { headers: { accept: 'application/json' } })
      const { items, cursor } = (await page.json()) as { items: EventOfTest[]; cursor: string }
      events.push(...items)
      if (items.length < 1_000) return events
      since = `&since=${cursor}`
    }
  }

  /** Living processes of sessions of this state folder: every app is marked with it. */
  processes(): number[] {
    return sessionProcesses().filter(pid => environmentOf(pid).includes(`WEFT_TEST_STATE=${this.stateDir}`))
  }

  async remove(): Promise<void> {
    for (const pid of [this.isRunning ? this.pid : undefined, this.supervisorPid(), ...this.processes()]) {
      if (pid !== undefined) tryKill(pid)
    }
    await rm(this.stateDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

export function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already gone.
  }
}

function sessionProcesses(): number[] {
  return allProcesses()
    .map(({ pid }) => pid)
    .filter(pid => readSessionKey(pid) !== undefined)
}

export function commandOf(pid: number): string {
  return readOrEmpty(`/proc/${pid}/cmdline`)
}

function environmentOf(pid: number): string {
  return readOrEmpty(`/proc/${pid}/environ`)
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
