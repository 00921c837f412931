import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type {
  Command,
  Launch,
  ProcessIdentity,
  Report,
  StderrLine,
  StopRequest,
  Welcome
} from '../protocol/messages.ts'
import { protocolVersion } from '../protocol/messages.ts'
import type { Stop } from '../session/session.ts'
import type { Input } from '../session/transition.ts'
import type { StateFolder } from '../state-folder.ts'
import { Outbox } from './outbox.ts'
import type { LogMeter } from './output/log-writer.ts'
import { Ports } from './ports.ts'
import { readBootId } from './processes/proc.ts'
import type { ProcessHost } from './processes/process-host.ts'
import { reclaim } from './reclaim.ts'
import { supervise } from './supervise.ts'

const logUsageEveryMs = 1_000

/** Runs sessions on commands from a gateway and keeps every fact about them until one has acknowledged it. */
export class Supervisor {
  readonly #host: ProcessHost
  readonly #logsFolder: string
  readonly #instance = randomUUID()
  readonly #bootId = readBootId()
  readonly #ports = new Ports()
  readonly #sessions = new Map<number, Supervised>()
  readonly #reclaiming = new Set<number>()
  readonly #outbox: Outbox
  readonly #logMeter: LogMeter = { bytes: 0, droppedBytes: 0 }
  #reportedBytes = 0
  #send: ((report: Report) => void) | undefined
  #idle: (() => void) | undefined

  constructor(host: ProcessHost, folder: StateFolder) {
    this.#host = host
    this.#logsFolder = folder.logs
    this.#outbox = new Outbox(folder.facts)
    setInterval(() => this.#reportLogUsage(), logUsageEveryMs).unref()
  }

  /** A gateway is there: from now on `send` gets every report, beginning with the facts it has not acknowledged. */
  connect(command: Extract<Command, { type: 'hello' }>, send: (report: Report) => void): void {
    if (command.instance === this.#instance) this.#outbox.forget(command.acknowledged)
    this.#send = send
    this.#reportedBytes = 0
    send(this.#welcome())
    for (const fact of this.#outbox.facts) send(fact)
  }

  disconnect(): void {
    this.#send = undefined
  }

  execute(command: Exclude<Command, { type: 'hello' | 'shutdown' }>): void {
    if (command.type === 'launch') this.#launch(command.launch)
    else if (command.type === 'stop') this.#sessions.get(command.sessionId)?.stop(command.request, command.force)
    else if (command.type === 'reclaim') this.#reclaim(command)
    else this.#outbox.forget(command.seq)
  }

  /** Stops every session. Resolves when the last tree is gone, and what no gateway knows yet is kept for the next one. */
  async close(request: StopRequest): Promise<void> {
    for (const session of this.#sessions.values()) session.stop(request, false)
    if (this.#sessions.size > 0) {
      await new Promise<void>(resolve => {
        this.#idle = resolve
      })
    }
    this.#outbox.save()
  }

  #launch(launch: Launch): void {
    const { sessionId, appId } = launch
    if (this.#sessions.has(sessionId)) return
    const session = new Supervised()
    this.#sessions.set(sessionId, session)
    const supervision = {
      host: this.#host,
      ports: this.#ports,
      logFolder: join(this.#logsFolder, String(sessionId)),
      logMeter: this.#logMeter,
      bootId: this.#bootId,
      stop: session.stopped,
      kill: session.killed,
      record: (input: Input, leader?: ProcessIdentity) => this.#record(sessionId, input, leader),
      warn: (line: string, omitted: number) => this.#warn({ type: 'stderr', sessionId, appId, line, omitted })
    }
    void supervise(launch, supervision).then(() => this.#settled(sessionId))
  }

  #settled(sessionId: number): void {
    this.#sessions.delete(sessionId)
    if (this.#sessions.size === 0) this.#idle?.()
  }

  #reclaim({ trees, reason, message }: Extract<Command, { type: 'reclaim' }>): void {
    const fresh = trees.filter(tree => !this.#reclaiming.has(tree.sessionId))
    for (const { sessionId } of fresh) this.#reclaiming.add(sessionId)
    const ended = (sessionId: number, stop: Stop) => {
      this.#reclaiming.delete(sessionId)
      this.#record(sessionId, { type: 'ended', time: Date.now(), stop })
    }
    reclaim({ trees: fresh, bootId: this.#bootId, ended, reason, message }).catch(error => {
      // Without /proc nothing can be said of these trees: the next gateway asks again.
      for (const { sessionId } of fresh) this.#reclaiming.delete(sessionId)
      process.stderr.write(`trees can't be reclaimed: ${error.message}\n`)
    })
  }

  #reportLogUsage(): void {
    const { bytes, droppedBytes } = this.#logMeter
    if (bytes + droppedBytes === this.#reportedBytes) return
    this.#reportedBytes = bytes + droppedBytes
    this.#send?.({ type: 'logUsage', bytes, droppedBytes })
  }

  #record(sessionId: number, input: Input, leader?: ProcessIdentity): void {
    const fact = this.#outbox.add({ sessionId, input, ...(leader && { leader }) })
    this.#send?.(fact)
  }

  #warn(line: StderrLine): void {
    this.#send?.(line)
  }

  #welcome(): Welcome {
    return {
      type: 'welcome',
      version: protocolVersion,
      instance: this.#instance,
      pid: process.pid,
      spawner: this.#host.name,
      bootId: this.#bootId,
      sessions: [
        ...new Set([...this.#sessions.keys(), ...this.#reclaiming, ...this.#outbox.facts.map(fact => fact.sessionId)])
      ]
    }
  }
}

/** The two ways to end a session: ask, and kill. */
class Supervised {
  readonly #stop = new AbortController()
  readonly #kill = new AbortController()
  readonly stopped = this.#stop.signal
  readonly killed = this.#kill.signal

  stop(request: StopRequest, force: boolean): void {
    this.#stop.abort(request)
    if (force) this.#kill.abort()
  }
}
