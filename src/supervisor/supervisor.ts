import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Stop } from '../session/session.ts'
import type { Input } from '../session/transition.ts'
import type { Command, Fact, Launch, ProcessIdentity, Report, StderrLine, StopRequest, Welcome } from './messages.ts'
import { protocolVersion } from './messages.ts'
import { Ports } from './ports.ts'
import { readBootId } from './processes/proc.ts'
import type { ProcessHost } from './processes/process-host.ts'
import { reclaim } from './reclaim.ts'
import { supervise } from './supervise.ts'

/** Runs sessions on commands from a gateway and keeps every fact about them until one has acknowledged it. */
export class Supervisor {
  readonly #host: ProcessHost
  readonly #logsFolder: string
  readonly #instance = randomUUID()
  readonly #bootId = readBootId()
  readonly #ports = new Ports()
  readonly #sessions = new Map<number, Supervised>()
  readonly #reclaiming = new Set<number>()
  #facts: Fact[] = []
  #lastSeq = 0
  #send: ((report: Report) => void) | undefined
  #idle: (() => void) | undefined

  constructor(host: ProcessHost, logsFolder: string) {
    this.#host = host
    this.#logsFolder = logsFolder
  }

  /** A gateway is there: from now on `send` gets every report, beginning with the facts it has not acknowledged. */
  connect(command: Extract<Command, { type: 'hello' }>, send: (report: Report) => void): void {
    if (command.instance === this.#instance) this.#forget(command.acknowledged)
    this.#send = send
    send(this.#welcome())
    for (const fact of this.#facts) send(fact)
  }

  disconnect(): void {
    this.#send = undefined
  }

  execute(command: Exclude<Command, { type: 'hello' | 'shutdown' }>): void {
    if (command.type === 'launch') this.#launch(command.launch)
    else if (command.type === 'stop') this.#sessions.get(command.sessionId)?.stop(command.request, command.force)
    else if (command.type === 'reclaim') this.#reclaim(command)
    else this.#forget(command.seq)
  }

  /** Stops every session and resolves when the last tree is gone. */
  async stopAll(request: StopRequest): Promise<void> {
    for (const session of this.#sessions.values()) session.stop(request, false)
    if (this.#sessions.size === 0) return
    await new Promise<void>(resolve => {
      this.#idle = resolve
    })
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
    void reclaim({ trees: fresh, bootId: this.#bootId, ended, reason, message })
  }

  #record(sessionId: number, input: Input, leader?: ProcessIdentity): void {
    const fact: Fact = { type: 'fact', seq: ++this.#lastSeq, sessionId, input, ...(leader && { leader }) }
    this.#facts.push(fact)
    this.#send?.(fact)
  }

  #warn(line: StderrLine): void {
    this.#send?.(line)
  }

  #forget(seq: number): void {
    const first = this.#facts.findIndex(fact => fact.seq > seq)
    this.#facts = first === -1 ? [] : this.#facts.slice(first)
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
        ...new Set([...this.#sessions.keys(), ...this.#reclaiming, ...this.#facts.map(fact => fact.sessionId)])
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
