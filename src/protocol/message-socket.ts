import type { Socket } from 'node:net'
import { ProtocolViolation } from './decode.ts'
import { LineReader } from './line-reader.ts'

/** The maximum length of a message: enough for a launch, or for a welcome with some 40,000 sessions. */
export const maxMessageBytes = 4_194_304

export interface MessageSocketOptions {
  readonly maxLineBytes: number
  /** Called with each received line. It can throw a {@link ProtocolViolation}. */
  readonly receive: (line: string) => void
  /** Called if a received line is not a message; nothing more is read. */
  readonly violated: (violation: ProtocolViolation) => void
}

/** Messages as lines of JSON over a socket. Errors of the socket are ignored: `close` follows each of them. */
export class MessageSocket<Out extends object> {
  readonly socket: Socket
  readonly #reader: LineReader
  readonly #options: MessageSocketOptions
  #isReading = true

  constructor(socket: Socket, options: MessageSocketOptions) {
    this.socket = socket
    this.#options = options
    this.#reader = new LineReader(options.maxLineBytes)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
  }

  set maxLineBytes(bytes: number) {
    this.#reader.maxBytes = bytes
  }

  /** Bytes sent that the other side has not read yet. */
  get waitingBytes(): number {
    return this.socket.writableLength
  }

  send(message: Out): void {
    this.sendLine(JSON.stringify(message))
  }

  /** Sends an encoded message, or several with newlines between them in one write. */
  sendLine(json: string): void {
    if (this.socket.writable) this.socket.write(`${json}\n`)
  }

  /** Sends a last message and stops reading. The connection closes once the other side has read it, or at the deadline. */
  end(message: Out, deadlineMs: number): void {
    this.#isReading = false
    this.send(message)
    this.socket.end()
    const timer = setTimeout(() => this.socket.destroy(), deadlineMs)
    this.socket.on('close', () => clearTimeout(timer))
  }

  #read(chunk: Buffer): void {
    if (!this.#isReading) return
    try {
      for (const line of this.#reader.read(chunk)) {
        this.#options.receive(line)
        if (!this.#isReading || this.socket.destroyed) return
      }
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error
      this.#isReading = false
      this.#options.violated(error)
    }
  }
}
