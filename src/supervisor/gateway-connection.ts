import type { Socket } from 'node:net'
import type { Command, Hello } from '../protocol/commands.ts'
import { decodeCommand, ProtocolViolation, parseObject } from '../protocol/decode.ts'
import { factForEarlier } from '../protocol/fact.ts'
import { Heartbeat, type HeartbeatTiming } from '../protocol/heartbeat.ts'
import { MessageSocket, maxMessageBytes } from '../protocol/message-socket.ts'
import type { Report } from '../protocol/reports.ts'
import { appsVersion, chooseVersion, describeVersions, spokenVersions, type VersionRange } from '../protocol/version.ts'
import type { Gateway, SessionCommand, Supervisor } from './supervisor.ts'

/** A peer that has not said who it is may send no more than this. */
const maxHelloBytes = 4_096

/** With more than this waiting for a gateway that does not read, reports that it can do without are left out. */
const maxWaitingBytes = 1_048_576

const refusalTimeoutMs = 1_000

/** How long a fact that nobody waits for can wait for others, in milliseconds. */
const maxDelayMs = 10

export interface ConnectionOptions {
  readonly socket: Socket
  readonly supervisor: Supervisor
  readonly timing: HeartbeatTiming
  /** Whether a hello has the secret. */
  readonly isTrusted: (hello: Hello) => boolean
  /** The peer is a gateway; it is to be served in its turn. */
  readonly identified: () => void
  readonly shutDown: () => void
}

/** A peer is anonymous until its hello is accepted, then waits until the connection of the gateway before it has ended. */
type ConnectionState =
  | { readonly name: 'anonymous' }
  | { readonly name: 'waiting'; readonly hello: Hello; readonly version: number }
  | { readonly name: 'served'; readonly version: number }
  | { readonly name: 'over' }

/** One connection to this supervisor. */
export class GatewayConnection implements Gateway {
  readonly closed: Promise<void>
  readonly #options: ConnectionOptions
  readonly #connection: MessageSocket<Report>
  readonly #heartbeat: Heartbeat
  #state: ConnectionState = { name: 'anonymous' }
  #sentSeq = 0
  #sending: NodeJS.Immediate | undefined
  #sendingLater: NodeJS.Timeout | undefined
  #leftOut = 0

  constructor(options: ConnectionOptions) {
    const { socket, timing } = options
    this.#options = options
    this.#connection = new MessageSocket(socket, {
      maxLineBytes: maxHelloBytes,
      receive: line => this.#receive(line),
      violated: violation => this.#refuse(violation)
    })
    // A silent peer is disconnected: the messages that wait for it take memory.
    this.#heartbeat = new Heartbeat({ timing, beat: () => {}, silent: () => socket.destroy() })
    socket.on('drain', () => this.#onDrain())
    this.closed = new Promise(resolve => {
      socket.on('close', () => {
        this.#heartbeat.stop()
        if (this.#state.name === 'served') options.supervisor.disconnect()
        this.#state = { name: 'over' }
        resolve()
      })
    })
  }

  get isAnonymous(): boolean {
    return this.#state.name === 'anonymous'
  }

  destroy(): void {
    this.#options.socket.destroy()
  }

  /** Called once the connection of the gateway before it has closed, so that its commands are executed first. */
  serve(): void {
    if (this.#state.name !== 'waiting') return
    const { hello, version } = this.#state
    const { supervisor } = this.#options
    this.#state = { name: 'served', version }
    this.#connection.send(supervisor.connect(hello, version, this))
    supervisor.tellNotices()
    this.sendFacts()
  }

  announceFacts(): void {
    this.#sending ??= setImmediate(() => this.sendFacts())
  }

  announceLater(): void {
    this.#sendingLater ??= setTimeout(() => this.sendFacts(), maxDelayMs)
  }

  /** Facts wait in the outbox while the gateway does not read, never in the socket. */
  sendFacts(): void {
    clearImmediate(this.#sending)
    clearTimeout(this.#sendingLater)
    this.#sending = undefined
    this.#sendingLater = undefined
    const { outbox } = this.#options.supervisor
    if (this.#state.name !== 'served') return
    const { version } = this.#state
    const lines: string[] = []
    let waitingBytes = this.#connection.waitingBytes
    while (waitingBytes < maxWaitingBytes) {
      const fact = outbox.next(this.#sentSeq)
      if (!fact) break
      const line = version < appsVersion ? factForEarlier(fact.json) : fact.json
      if (line !== undefined) lines.push(line)
      waitingBytes += fact.json.length
      this.#sentSeq = fact.seq
    }
    if (lines.length > 0) this.#connection.sendLine(lines.join('\n'))
  }

  tell(report: Report): void {
    if (this.#connection.waitingBytes < maxWaitingBytes) this.#connection.send(report)
    else this.#leftOut++
  }

  #onDrain(): void {
    if (this.#state.name !== 'served') return
    const leftOut = this.#leftOut
    this.#leftOut = 0
    const message = `the gateway did not read: ${leftOut} reports were left out`
    if (leftOut > 0) this.#connection.send({ type: 'notice', message })
    this.sendFacts()
  }

  #receive(line: string): void {
    if (this.#state.name === 'anonymous') requireVersionRange(line)
    const command = decodeCommand(line)
    switch (command.type) {
      case 'hello':
        this.#greet(command)
        break
      case 'ping':
        this.#answer()
        break
      case 'shutdown':
        this.#requireServed(command)
        this.#options.shutDown()
        break
      case 'launch':
      case 'stop':
      case 'lifetime':
      case 'reclaim':
      case 'flush':
      case 'measure':
      case 'acknowledge':
        this.#requireServed(command)
        this.#execute(command)
        break
      default:
        command satisfies never
    }
  }

  #greet(hello: Hello): void {
    if (this.#state.name !== 'anonymous') throw new ProtocolViolation('a second hello')
    const version = chooseVersion(hello.versions)
    if (!this.#isTrusted(hello)) throw new Refusal('the secret is not that of its state folder')
    if (version === undefined) throw new OtherVersion(hello.versions)
    this.#heartbeat.hear()
    this.#connection.maxLineBytes = maxMessageBytes
    this.#state = { name: 'waiting', hello, version }
    this.#options.identified()
  }

  /** @throws {Refusal} where it can't be known: a peer is turned away then, and nobody else notices. */
  #isTrusted(hello: Hello): boolean {
    try {
      return this.#options.isTrusted(hello)
    } catch (error) {
      throw new Refusal(`its secret can't be read: ${(error as Error).message}`)
    }
  }

  /** A ping is answered also before the hello: that is how a second supervisor sees that this one lives. */
  #answer(): void {
    if (this.#state.name !== 'anonymous') this.#heartbeat.hear()
    if (this.#state.name !== 'waiting') this.tell({ type: 'pong' })
  }

  /** An error in one command is reported and affects no other. */
  #execute(command: SessionCommand): void {
    const { supervisor } = this.#options
    try {
      supervisor.execute(command)
    } catch (error) {
      supervisor.notice(`'${command.type}' failed: ${(error as Error).message}`)
    }
  }

  #requireServed({ type }: Command): void {
    if (this.#state.name !== 'served') throw new ProtocolViolation(`'${type}' before it was welcomed`)
    this.#heartbeat.hear()
  }

  #refuse(violation: ProtocolViolation): void {
    const message = violation instanceof Refusal ? violation.message : `it was sent ${violation.message}`
    this.#connection.end({ type: 'refused', message, pid: process.pid }, refusalTimeoutMs)
  }
}

/** The peer keeps to the protocol, and is still not to be served. */
class Refusal extends ProtocolViolation {}

class OtherVersion extends Refusal {
  constructor(theirs: VersionRange) {
    super(`it speaks ${describeVersions(spokenVersions)} of the protocol, not ${describeVersions(theirs)}`)
  }
}

/** A hello of version 1 has no range, and would only be malformed. */
function requireVersionRange(line: string): void {
  const { type, version, versions } = parseObject(line)
  if (type === 'hello' && versions === undefined && typeof version === 'number') {
    throw new OtherVersion({ min: version, max: version })
  }
}
