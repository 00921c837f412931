import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { startSupervisor } from '../../src/gateway/supervisor-link/start.ts'
import type { Command, Hello } from '../../src/protocol/commands.ts'
import type { Launch } from '../../src/protocol/launch.ts'
import type { Report, Welcome } from '../../src/protocol/reports.ts'
import { obtainSecret } from '../../src/protocol/secret.ts'
import { spokenVersions } from '../../src/protocol/version.ts'
import { openStateFolder, type StateFolder } from '../../src/state-folder.ts'
import { tryKill } from '../gateway-process.ts'
import { temporaryFolder } from '../helper.ts'

/** A real supervisor on a folder of its own, which goes with the test. */
export async function startBareSupervisor(t: Test): Promise<{ folder: StateFolder; pid: number }> {
  const folder = openStateFolder(await temporaryFolder(t))
  await startSupervisor(folder, { orphanTimeoutMs: 600_000 })
  const gateway = await RawGateway.connect(folder)
  const { pid } = await gateway.greet()
  t.teardown(async () => {
    tryKill(pid)
    while (isThere(pid)) await new Promise(setImmediate)
  })
  await gateway.close()
  return { folder, pid }
}

export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A launch of a shell script. */
export function launchOf(key: string, script: string): Launch {
  return {
    ...{ key, sessionId: 1, appId: 'app', command: ['/bin/sh', '-c', script], cwd: '/' },
    env: { PATH: process.env.PATH ?? '' },
    literalEnv: { WEFT_SESSION_KEY: key },
    readiness: { kind: 'line', setting: 'READY' },
    ...{ readyTimeoutMs: 60_000, stopSignal: 'SIGTERM', stopGraceMs: 1_000, maxLogBytes: 1_048_576, minFreeBytes: 0 }
  }
}

/** Speaks the protocol by hand, so that it can also be spoken badly. */
export class RawGateway {
  readonly socket: Socket
  readonly folder: StateFolder
  readonly reports: Report[] = []
  readonly closed: Promise<unknown>
  #wake = () => {}

  private constructor(socket: Socket, folder: StateFolder) {
    this.socket = socket
    this.folder = folder
    socket.on('error', () => {})
    this.closed = new Promise(resolve => socket.on('close', resolve))
    void this.closed.then(() => this.#wake())
    createInterface({ input: socket }).on('line', line => {
      this.reports.push(JSON.parse(line) as Report)
      this.#wake()
    })
  }

  static async connect(folder: StateFolder): Promise<RawGateway> {
    for (;;) {
      const socket = connect(folder.supervisorSocket)
      try {
        await once(socket, 'connect')
        return new RawGateway(socket, folder)
      } catch (error) {
        // More connections wait to be accepted than the kernel keeps.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        await delay(1)
      }
    }
  }

  hello(members: Partial<Record<keyof Hello, unknown>> = {}): void {
    const secret = members.secret ?? obtainSecret(this.folder.secret)
    const { max: version } = spokenVersions
    const hello = { type: 'hello', versions: spokenVersions, version, secret, epoch: 'test', acknowledged: 0 }
    this.say({ ...hello, ...members })
  }

  async greet(members: Partial<Record<keyof Hello, unknown>> = {}): Promise<Welcome> {
    this.hello(members)
    return (await this.until('welcome')) as Welcome
  }

  send(command: Command): void {
    this.say(command)
  }

  say(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`)
  }

  write(text: string): void {
    if (this.socket.writable) this.socket.write(text)
  }

  /** The first report of this type that fits. */
  async until<T extends Report['type']>(
    type: T,
    fits: (report: Extract<Report, { type: T }>) => boolean = () => true
  ): Promise<Extract<Report, { type: T }>> {
    for (let seen = 0; ; ) {
      for (; seen < this.reports.length; seen++) {
        const report = this.reports[seen] as Report
        if (report.type === type && fits(report as never)) return report as never
      }
      if (this.socket.destroyed) throw new Error(`the connection closed before a '${type}'`)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async close(): Promise<void> {
    this.socket.end()
    this.socket.resume()
    await this.closed
  }
}
