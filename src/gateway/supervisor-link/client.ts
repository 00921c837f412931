import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { onJsonLine, sendJsonLine } from '../../protocol/json-lines.ts'
import type {
  Command,
  Fact,
  Launch,
  LogUsage,
  LostTree,
  Report,
  StderrLine,
  StopRequest,
  Welcome
} from '../../protocol/messages.ts'
import { protocolVersion } from '../../protocol/messages.ts'
import type { StateFolder } from '../../state-folder.ts'
import { StorageUnavailable, SupervisorUnavailable } from '../errors.ts'
import { type SupervisorOptions, startSupervisor } from './start.ts'

/** What the gateway remembers of a supervisor: the client's side of "kept until acknowledged". */
export interface Ledger {
  /** Up to where the facts of which supervisor are recorded. */
  readonly position: { readonly instance?: string; readonly acknowledged: number }
  follow(instance: string): void
  /** Makes a fact durable. Throws where that is not possible now: the fact is offered again. */
  record(fact: Fact): void
  /** Sessions that are not over, though the supervisor does not know them. */
  treesExcept(known: readonly number[]): LostTree[]
  readonly registrations: readonly Signals[]
}

/** The signals of one session, which the client passes on. */
export interface Signals {
  readonly session: { readonly id: number }
  readonly stop: AbortSignal
  readonly kill: AbortSignal
}

export interface SupervisorClientOptions extends SupervisorOptions {
  readonly folder: StateFolder
  readonly ledger: Ledger
  readonly onStderr: (line: StderrLine) => void
  readonly onAttached: (welcome: Welcome, lost: number) => void
  /** A fact does not fit what is recorded; it is left out. */
  readonly onFactRefused: (fact: Fact, error: Error) => void
  /** The connection broke, or a new one did not come about. */
  readonly onDetached: (error: Error) => void
}

const supervisorLost = {
  reason: 'supervisorLost',
  message: 'the supervisor ended unexpectedly, and its sessions with it'
} as const

const neverLaunched = {
  reason: 'spawnFailed',
  message: 'the gateway ended before it had passed the launch on'
} as const

const retryPauseMs = 100
const recordRetryMs = 250

/** The gateway's side of the supervisor: starts it, stays attached to it, passes launches and stops on, records facts. */
export class SupervisorClient {
  readonly #options: SupervisorClientOptions
  #socket: Socket | undefined
  #isClosing = false
  #facts: Fact[] = []
  #retry: NodeJS.Timeout | undefined
  #welcome: Welcome | undefined
  #attachments = 0
  readonly #listeners = new Set<(welcome: Welcome) => void>()
  #logUsage: Omit<LogUsage, 'type'> = { bytes: 0, droppedBytes: 0 }

  constructor(options: SupervisorClientOptions) {
    this.#options = options
  }

  /** Attaches to the supervisor of the state folder, or to a new one. */
  async open(): Promise<void> {
    await this.#attach()
  }

  get isUsable(): boolean {
    return this.#welcome !== undefined
  }

  /** How often a supervisor was attached. */
  get attachments(): number {
    return this.#attachments
  }

  /** What became of the output of all sessions, as the supervisor last said. */
  get logUsage(): Omit<LogUsage, 'type'> {
    return this.#logUsage
  }

  /** What the supervisor said of itself; undefined while none is attached. */
  get welcome(): Welcome | undefined {
    return this.#welcome
  }

  /** @throws {SupervisorUnavailable} where a launch can't be passed on now. */
  requireUsable(): void {
    if (!this.isUsable) throw new SupervisorUnavailable('The supervisor is being restarted; try again in a moment.')
  }

  /** Calls `listener` each time that a supervisor is attached from now on. */
  subscribe(listener: (welcome: Welcome) => void): void {
    this.#listeners.add(listener)
  }

  /** Has a session run, and passes its signals on. What happens comes back as facts. */
  supervise(launch: Launch, signals: Signals): void {
    this.#send({ type: 'launch', launch })
    this.#obey(signals)
  }

  /** Ends the connection; with `shutdown` the supervisor exits, too, once nothing runs any more. */
  async close({ shutdown }: { shutdown: boolean }): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#retry)
    const socket = this.#socket
    if (!socket) return
    if (shutdown) sendJsonLine(socket, { type: 'shutdown' })
    else socket.end()
    if (!socket.closed) await once(socket, 'close')
  }

  async #attach(): Promise<void> {
    const socket = await this.#connect()
    const { ledger } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#socket = socket
    socket.on('close', () => {
      reject(new Error('The supervisor closed the connection.'))
      if (this.isUsable) this.#detached()
    })
    onJsonLine(socket, (report: Report) => {
      if (report.type === 'refused') reject(new Error(strangerMessage(report)))
      else if (report.type === 'welcome') resolve(this.#greet(report))
      else if (report.type === 'fact') this.#take(report)
      else if (report.type === 'logUsage') this.#logUsage = report
      else this.#options.onStderr(report)
    })
    this.#send({ type: 'hello', version: protocolVersion, ...ledger.position })
    try {
      await promise
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  async #connect(): Promise<Socket> {
    const { folder } = this.#options
    const running = await tryConnect(folder.supervisorSocket)
    if (running) return running
    await startSupervisor(folder, this.#options)
    const started = await tryConnect(folder.supervisorSocket)
    if (!started) throw new Error('The supervisor does not answer.')
    return started
  }

  #greet(welcome: Welcome): void {
    const { ledger, onAttached } = this.#options
    const isAnother = welcome.instance !== ledger.position.instance
    if (isAnother) ledger.follow(welcome.instance)
    const trees = ledger.treesExcept(welcome.sessions)
    if (trees.length > 0) this.#send({ type: 'reclaim', trees, ...(isAnother ? supervisorLost : neverLaunched) })
    for (const signals of ledger.registrations) this.#obey(signals)
    this.#facts = []
    this.#welcome = welcome
    this.#attachments++
    onAttached(welcome, trees.length)
    for (const listener of this.#listeners) listener(welcome)
  }

  #obey({ session: { id }, stop, kill }: Signals): void {
    const socket = this.#socket
    const pass = () => {
      // After a reconnect the signals are obeyed anew, over the new socket.
      if (socket === this.#socket && stop.aborted)
        this.#send({ type: 'stop', sessionId: id, request: stop.reason as StopRequest, force: kill.aborted })
    }
    if (stop.aborted) pass()
    stop.addEventListener('abort', pass, { once: true })
    kill.addEventListener('abort', pass, { once: true })
  }

  #take(fact: Fact): void {
    this.#facts.push(fact)
    if (!this.#retry) this.#recordFacts()
  }

  #recordFacts(): void {
    this.#retry = undefined
    for (let fact = this.#facts[0]; fact; fact = this.#facts[0]) {
      try {
        this.#options.ledger.record(fact)
      } catch (error) {
        if (error instanceof StorageUnavailable) {
          this.#retry = setTimeout(() => this.#recordFacts(), recordRetryMs)
          return
        }
        this.#options.onFactRefused(fact, error as Error)
      }
      this.#facts.shift()
      this.#send({ type: 'acknowledge', seq: fact.seq })
    }
  }

  #detached(): void {
    this.#socket = undefined
    this.#welcome = undefined
    if (!this.#isClosing) void this.#reattach()
  }

  async #reattach(): Promise<void> {
    this.#options.onDetached(new Error('The connection to the supervisor broke.'))
    while (!this.#isClosing) {
      try {
        return await this.#attach()
      } catch (error) {
        this.#options.onDetached(error as Error)
        await delay(retryPauseMs)
      }
    }
  }

  #send(command: Command): void {
    if (this.#socket?.writable) sendJsonLine(this.#socket, command)
  }
}

/** Undefined where nobody listens. */
async function tryConnect(path: string): Promise<Socket | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch {
    return undefined
  }
  // The 'close' that follows every error is what counts.
  socket.on('error', () => {})
  return socket
}

function strangerMessage({ message, pid }: Extract<Report, { type: 'refused' }>): string {
  return (
    `The supervisor ${pid} runs sessions on this state folder, but ${message}. Nothing was touched. Go back to the version ` +
    `that started it, or end it and its sessions gracefully: kill -TERM ${pid}`
  )
}
