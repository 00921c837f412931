import type { Socket } from 'node:net'
import type { Command, Hello } from '../../protocol/commands.ts'
import { decodeReport, type ProtocolViolation } from '../../protocol/decode.ts'
import { Heartbeat, type HeartbeatTiming } from '../../protocol/heartbeat.ts'
import { MessageSocket, maxMessageBytes } from '../../protocol/message-socket.ts'
import type { Refused, Report, Welcome } from '../../protocol/reports.ts'
import { CommandSender } from './command-sender.ts'

/** The reports that are passed on to the owner of the attachment. */
export type SessionReport = Exclude<Report, { type: 'welcome' | 'refused' | 'pong' }>

export interface AttachmentOptions {
  readonly socket: Socket
  readonly hello: Hello
  readonly timing: HeartbeatTiming
  /** Called before any report that follows the welcome. If it throws, the connection is closed. */
  readonly welcomed: (welcome: Welcome) => Promise<void>
  readonly report: (report: SessionReport) => void
  /** Called when the supervisor has been silent for a whole beat before its welcome. */
  readonly waiting: () => void
  readonly silent: () => void
  readonly heard: () => void
}

/** `silent`: connected, but the supervisor hangs. It can become `attached` again. */
export type AttachmentState = 'greeting' | 'attached' | 'silent' | 'closed'

/** With more bytes than this waiting for a hung supervisor, no more pings are sent. */
const maxBacklogBytes = 65_536

/** One connection to a supervisor, from hello to the end. */
export class Attachment {
  readonly #options: AttachmentOptions
  readonly #connection: MessageSocket<Command>
  readonly #heartbeat: Heartbeat
  readonly #sender: CommandSender
  readonly #greeted = Promise.withResolvers<void>()
  /** Resolves at the welcome, or when the supervisor is considered hung; rejects if the connection ends before. */
  readonly greeted = this.#greeted.promise
  readonly closed: Promise<void>
  #state: AttachmentState = 'greeting'
  #welcome: Welcome | undefined
  #error = new Error('The connection to the supervisor broke.')

  constructor(options: AttachmentOptions) {
    this.#options = options
    this.#connection = new MessageSocket(options.socket, {
      maxLineBytes: maxMessageBytes,
      receive: line => this.#receive(decodeReport(line)),
      violated: violation => this.#fail(violationOf(violation))
    })
    this.#sender = new CommandSender(lines => this.#connection.sendLine(lines))
    this.#heartbeat = new Heartbeat({
      timing: options.timing,
      beat: silentBeats => this.#beat(silentBeats),
      silent: () => this.#silent(),
      heard: () => this.#heard()
    })
    this.closed = new Promise(resolve => {
      options.socket.on('close', () => {
        this.#state = 'closed'
        this.#heartbeat.stop()
        this.#sender.flush()
        this.#greeted.reject(this.#error)
        resolve()
      })
    })
    this.#connection.send(options.hello)
  }

  get state(): AttachmentState {
    return this.#state
  }

  get welcome(): Welcome | undefined {
    return this.#welcome
  }

  /** Why it was closed. */
  get error(): Error {
    return this.#error
  }

  /** Commands are refused before the welcome: those that matter are sent after it, when the sessions are reconciled. */
  send(command: Command): void {
    if (this.#welcome) this.#sender.send(command)
  }

  /** @param json a command, likewise */
  sendJson(json: string): void {
    if (this.#welcome) this.#sender.sendJson(json)
  }

  /** All facts up to `seq` are recorded. */
  acknowledge(seq: number): void {
    this.#sender.acknowledge(seq)
  }

  /** Closes once the supervisor has read all messages; at once if it hangs. */
  end(): void {
    this.#sender.flush()
    if (this.#state === 'silent') this.destroy()
    else this.#connection.socket.end()
  }

  destroy(): void {
    this.#connection.socket.destroy()
  }

  #receive(report: Report): void {
    this.#heartbeat.hear()
    switch (report.type) {
      case 'welcome':
        this.#greet(report)
        break
      case 'refused':
        this.#fail(new SupervisorRefused(report))
        break
      case 'pong':
        break
      case 'fact':
      case 'stderr':
      case 'logUsage':
      case 'notice':
      case 'flushed':
      case 'measured':
        this.#options.report(report)
        break
      default:
        report satisfies never
    }
  }

  #greet(welcome: Welcome): void {
    this.#welcome = welcome
    this.#state = 'attached'
    this.#options.welcomed(welcome).then(
      () => this.#greeted.resolve(),
      error => this.#fail(error as Error)
    )
  }

  #beat(silentBeats: number): void {
    if (silentBeats === 2 && !this.#welcome) this.#options.waiting()
    if (this.#connection.waitingBytes < maxBacklogBytes) this.#connection.send({ type: 'ping' })
  }

  #silent(): void {
    this.#state = 'silent'
    this.#options.silent()
    this.#greeted.resolve()
  }

  #heard(): void {
    this.#state = this.#welcome ? 'attached' : 'greeting'
    this.#options.heard()
  }

  #fail(error: Error): void {
    this.#error = error
    this.destroy()
  }
}

/** The supervisor refused this gateway. */
class SupervisorRefused extends Error {
  constructor({ message, pid }: Refused) {
    super(
      `The supervisor ${pid} runs sessions on this state folder, but ${message}. Nothing was touched. Run the ` +
        `version that started it, or end it and its sessions gracefully: kill -TERM ${pid}`
    )
  }
}

function violationOf({ message }: ProtocolViolation): Error {
  return new Error(`The supervisor sent ${message}; the connection was closed.`)
}
