import { randomUUID } from 'node:crypto'
import { Deadlines } from '../deadlines.ts'
import type { Command, Flush, Hello, Measure, StopRequest } from '../protocol/commands.ts'
import type { FactInput, ProcessIdentity } from '../protocol/fact.ts'
import type { Launch } from '../protocol/launch.ts'
import type { Report, Welcome } from '../protocol/reports.ts'
import type { Told } from '../session/update.ts'
import { sessionLogFolder } from '../session-log/folder.ts'
import type { StateFolder } from '../state-folder.ts'
import { NotifySockets } from './app-messages/notify-sockets.ts'
import type { Cgroups } from './cgroups/cgroups.ts'
import { LimitWatch } from './limits/limit-watch.ts'
import { Outbox } from './outbox.ts'
import { LogDisk } from './output/log-disk.ts'
import type { Output } from './output/output.ts'
import { Ports } from './ports.ts'
import { readBootId } from './processes/proc.ts'
import type { ProcessHost, ProcessTree } from './processes/process-host.ts'
import { Reclaimer } from './reclaim.ts'
import { runSession } from './run-session.ts'
import { SessionFolders } from './session-folders.ts'
import { Supervised } from './supervised.ts'
import { Updates } from './updates.ts'

const logUsageEveryMs = 1_000

const lifetimeOver: StopRequest = { reason: 'lifetime', initiator: 'gateway' }

/** How many notices are kept while no gateway is attached. */
const maxNotices = 20

/** Commands about sessions. */
export type SessionCommand = Exclude<Command, { type: 'hello' | 'ping' | 'shutdown' }>

/** The gateway that is served. */
export interface Gateway {
  /** There are new facts in the outbox: they are sent at the end of this turn of the event loop, in one write. */
  announceFacts(): void
  /** There is a fact that nobody waits for: it is sent with the next one, or after some milliseconds. */
  announceLater(): void
  /** Sends the facts in the outbox now. */
  sendFacts(): void
  /** Sends a report that can be left out if the gateway does not read. */
  tell(report: Report): void
}

/** Runs sessions on commands from a gateway and keeps every fact about them until a gateway has acknowledged it. */
export class Supervisor {
  readonly outbox: Outbox
  readonly #host: ProcessHost
  readonly #logsFolder: string
  readonly #instance = randomUUID()
  readonly #bootId = readBootId()
  readonly #ports = new Ports()
  readonly #folders: SessionFolders
  readonly #limits: LimitWatch
  readonly #notifySockets: NotifySockets
  readonly #cgroups: Cgroups | undefined
  readonly #sessions = new Map<string, Supervised>()
  readonly #reclaimer: Reclaimer
  readonly #logDisk: LogDisk
  readonly #lifetimes = new Deadlines<string>(key => this.#sessions.get(key)?.stop(lifetimeOver, false))
  readonly #updates = new Updates({ record: (key, input) => this.#add(key, input) })
  readonly #notices: string[] = []
  #reportedSum = 0
  /** The epoch of the event log that acknowledges the facts. */
  #epoch: string | undefined
  #gateway: Gateway | undefined
  #idle: (() => void) | undefined

  constructor(host: ProcessHost, folder: StateFolder, cgroups?: Cgroups) {
    this.#host = host
    this.#cgroups = cgroups
    this.#limits = new LimitWatch(host)
    this.#logsFolder = folder.logs
    this.#logDisk = new LogDisk(folder.path)
    const notice = (message: string) => this.notice(message)
    this.outbox = new Outbox({ path: folder.facts, notice })
    this.#reclaimer = new Reclaimer({
      bootId: this.#bootId,
      signal: (target, signal) => host.signal(target, signal),
      cgroupOf: key => cgroups?.of(key),
      ended: (key, stop) => this.#record(key, { type: 'ended', time: Date.now(), stop }),
      notice
    })
    this.#folders = new SessionFolders(folder.path, notice)
    void this.#folders.sweep()
    this.#notifySockets = new NotifySockets(folder.path)
    this.#notifySockets.sweep()
    setInterval(() => this.#reportLogUsage(), logUsageEveryMs).unref()
  }

  /** Whether it has no session, nor processes of a lost one. */
  get isIdle(): boolean {
    return this.#sessions.size === 0 && this.#reclaimer.isIdle
  }

  /** Attaches a gateway: from now on it gets every report. */
  connect(hello: Hello, version: number, gateway: Gateway): Welcome {
    // Acknowledgements of another event log do not count.
    if (hello.instance === this.#instance && hello.epoch === this.#epoch) this.#acknowledged(hello.acknowledged)
    this.#epoch = hello.epoch
    this.#gateway = gateway
    this.#reportedSum = 0
    const sessions = Array.from(this.#sessions.values(), ({ launch: { key, sessionId, appId }, lifetimeMs }) => ({
      ...{ key, sessionId, appId },
      ...(lifetimeMs !== undefined && { lifetimeMs })
    }))
    const ending = [...new Set([...this.#reclaimer.keys, ...this.outbox.keys])]
    const { name: spawner } = this.#host
    const [instance, bootId] = [this.#instance, this.#bootId]
    const cgroups = this.#cgroups?.told
    return {
      ...{ type: 'welcome', version, instance, pid: process.pid, spawner },
      ...(cgroups && { cgroups }),
      ...{ bootId, sessions, ending }
    }
  }

  /** Sends the kept notices, after the welcome. */
  tellNotices(): void {
    for (const message of this.#notices.splice(0)) this.#gateway?.tell({ type: 'notice', message })
  }

  disconnect(): void {
    this.#gateway = undefined
  }

  /** Sends a message for the gateway's log. */
  notice(message: string): void {
    process.stderr.write(`${message}\n`)
    if (this.#gateway) this.#gateway.tell({ type: 'notice', message })
    else if (this.#notices.length < maxNotices) this.#notices.push(message)
  }

  execute(command: SessionCommand): void {
    switch (command.type) {
      case 'launch':
        this.#launch(command.launch)
        break
      case 'stop':
        this.#sessions.get(command.key)?.stop(command.request, command.force)
        break
      case 'lifetime':
        this.#bound(command.key, command.lifetimeMs)
        break
      case 'reclaim':
        this.#reclaimer.add(command.trees, { reason: command.reason, message: command.message })
        break
      case 'flush':
        void this.#flush(command)
        break
      case 'measure':
        void this.#measure(command)
        break
      case 'acknowledge':
        this.#acknowledged(command.seq)
        break
      default:
        command satisfies never
    }
  }

  /** Stops every session. Resolves when the last tree is gone and its facts are sent; {@link Outbox.save} keeps those that are not acknowledged. */
  async close(request: StopRequest): Promise<void> {
    for (const session of this.#sessions.values()) session.stop(request, false)
    if (this.#sessions.size > 0) {
      await new Promise<void>(resolve => {
        this.#idle = resolve
      })
    }
    await this.#folders.settled()
    this.#gateway?.sendFacts()
  }

  #launch(launch: Launch): void {
    const { key, sessionId } = launch
    if (this.#sessions.has(key)) return
    const session = new Supervised(launch)
    this.#sessions.set(key, session)
    this.#bound(key, launch.lifetimeMs)
    const supervision = {
      host: this.#host,
      ports: this.#ports,
      folders: this.#folders,
      limits: this.#limits,
      notifySockets: this.#notifySockets,
      cgroups: this.#cgroups,
      logFolder: sessionLogFolder(this.#logsFolder, sessionId, key),
      logDisk: this.#logDisk,
      bootId: this.#bootId,
      stop: session.stopped,
      kill: session.killed,
      opened: (tree: ProcessTree, output: Output) => {
        session.tree = tree
        session.output = output
      },
      record: (input: FactInput, leader?: ProcessIdentity) => this.#record(key, input, leader),
      tell: (told: Told) => this.#updates.tell(key, told),
      warn: (line: string, omitted: number) =>
        this.#gateway?.tell({ type: 'stderr', key, line, ...(omitted > 0 && { omitted }) })
    }
    void runSession(launch, supervision)
      // Whatever failed: no process of the tree must stay, and its end must be recorded.
      .catch(({ message }) => this.#reclaimer.add([{ key }], { reason: 'spawnFailed', message }))
      .then(() => this.#settled(key))
  }

  /** Ends a session when this time from its launch is over, also while no gateway is attached. */
  #bound(key: string, lifetimeMs: number | undefined): void {
    const session = this.#sessions.get(key)
    if (!session) return
    session.lifetimeMs = lifetimeMs
    if (lifetimeMs === undefined) this.#lifetimes.delete(key)
    else this.#lifetimes.set(key, session.startedMs + lifetimeMs)
  }

  async #flush({ key, request }: Flush): Promise<void> {
    await this.#sessions.get(key)?.output?.logged()
    this.#gateway?.tell({ type: 'flushed', request })
  }

  async #measure({ key, request }: Measure): Promise<void> {
    const tree = this.#sessions.get(key)?.tree
    if (tree) await this.#host.measure(tree)
    const usage = tree && { ...tree.usage.now, at: new Date().toISOString() }
    this.#gateway?.tell({ type: 'measured', request, ...(usage && { usage }) })
  }

  #settled(key: string): void {
    this.#sessions.delete(key)
    this.#lifetimes.delete(key)
    if (this.#sessions.size === 0) this.#idle?.()
  }

  #reportLogUsage(): void {
    const { bytes, droppedBytes } = this.#logDisk
    const strays = this.#host.endedStrays
    const sum = bytes + droppedBytes + strays
    if (sum === this.#reportedSum) return
    this.#reportedSum = sum
    this.#gateway?.tell({ type: 'logUsage', bytes, droppedBytes, ...(strays > 0 && { strays }) })
  }

  #acknowledged(seq: number): void {
    this.outbox.forget(seq)
    this.#updates.acknowledged(seq)
  }

  #record(key: string, input: FactInput, leader?: ProcessIdentity): void {
    if (input.type === 'restart' || input.type === 'ended') this.#updates.settle(key)
    this.#add(key, input, leader)
  }

  /** Returns the number of the fact. */
  #add(key: string, input: FactInput, leader?: ProcessIdentity): number {
    const seq = this.outbox.add({ key, input, ...(leader && { leader }) })
    // The fact that the app is ready often follows at once; each write wakes the gateway.
    if (input.type === 'spawned') this.#gateway?.announceLater()
    else this.#gateway?.announceFacts()
    return seq
  }
}
