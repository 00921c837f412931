import { closeSync, rmSync } from 'node:fs'
import type { Datagram } from './datagram-socket.ts'

/** How much of a flood is read before others have their turn. */
const maxRead = 32

export interface NotifySocketOptions {
  readonly path: string
  readonly fd: number
  readonly receive: (fd: number) => Datagram | undefined
  readonly closed: () => void
}

/** Who reads a socket. */
export interface NotifyReader {
  /** Whether a process is one of the session. */
  readonly isMember: (pid: number) => boolean
  readonly take: (text: string) => void
}

/** The socket of one run: the value of `NOTIFY_SOCKET`. */
export class NotifySocket {
  readonly path: string
  readonly fd: number
  readonly #options: NotifySocketOptions
  #reader: NotifyReader | undefined
  #isOpen = true
  /** The last process that was not heard, since it was none of the session or had ended. */
  strangerPid: number | undefined

  constructor(options: NotifySocketOptions) {
    this.path = options.path
    this.fd = options.fd
    this.#options = options
  }

  /** Datagrams that have come before wait for it; it gets them once all that listens to the app is in place. */
  set reader(reader: NotifyReader) {
    this.#reader = reader
    setImmediate(() => this.read())
  }

  /** Reads what has come; false if more can wait. */
  read(): boolean {
    for (let count = 0; count < maxRead; count++) {
      const datagram = this.#isOpen && this.#reader && this.#options.receive(this.fd)
      if (!datagram) return true
      this.#take(datagram, this.#reader as NotifyReader)
    }
    return false
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.closed()
    closeSync(this.fd)
    rmSync(this.path, { force: true })
  }

  #take({ pid, text }: Datagram, { isMember, take }: NotifyReader): void {
    if (!isMember(pid)) this.strangerPid = pid
    else if (text !== undefined) take(text)
  }
}
