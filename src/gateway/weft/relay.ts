import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { LineReader } from '../../protocol/line-reader.ts'
import type { Log } from '../log.ts'

const maxLineBytes = 65_536

/** Payloads for an app that has not connected yet. */
const maxQueued = 64

/** What an app has not read; payloads beyond it are dropped. */
const maxWaitingBytes = 1_048_576

export interface RelayOptions {
  readonly path: string
  readonly log: Log
  /** Called with each line of the app. */
  readonly received: (line: string) => void
}

/** The socket through which the app of one session exchanges lines with the clients of WEFT OS: one connection at a time. */
export class Relay {
  readonly #options: RelayOptions
  readonly #server: Server
  #queue: string[] = []
  #app: Socket | undefined

  /** It listens at once. */
  constructor(options: RelayOptions) {
    const { path, log } = options
    this.#options = options
    // Ids are not used again, so that nobody can be there.
    rmSync(path, { force: true })
    this.#server = createServer(socket => this.#connected(socket))
    this.#server.on('error', err => log.warn({ err, path }, 'a session has no IPC socket'))
    const umask = process.umask(0o177)
    try {
      this.#server.listen(path)
    } finally {
      process.umask(umask)
    }
  }

  /** A payload that does not fit in a line, or for which there is no room, is dropped. */
  send(payload: string): void {
    if (payload.includes('\n') || payload.length > maxLineBytes) return
    if (!this.#app) {
      if (this.#queue.length < maxQueued) this.#queue.push(payload)
    } else if (this.#app.writableLength < maxWaitingBytes) this.#app.write(`${payload}\n`)
  }

  /** Removes the socket. */
  close(): void {
    this.#app?.destroy()
    this.#server.close()
  }

  #connected(socket: Socket): void {
    const { log, received } = this.#options
    socket.on('error', err => log.debug({ err }, 'an IPC connection failed'))
    if (this.#app) return void socket.destroy()
    this.#app = socket
    socket.on('close', () => {
      this.#app = undefined
    })
    const lines = new LineReader(maxLineBytes)
    socket.on('data', chunk => {
      try {
        for (const line of lines.read(chunk)) received(line)
      } catch (err) {
        log.warn({ err }, 'an app sent an IPC message that is too long')
        socket.destroy()
      }
    })
    for (const payload of this.#queue.splice(0)) this.send(payload)
  }
}
