import { once } from 'node:events'
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { acceptsConnections } from '../../accepts-connections.ts'
import { isOwnUser, peerCredentials } from '../../protocol/peer.ts'
import type { Log } from '../log.ts'
import type { Dispatcher } from './dispatcher.ts'
import { BadFrame, FrameReader, frameOf, requestOfBody } from './frames.ts'

/** Of the one user that can connect. */
const maxConnections = 256

export interface UnixServerOptions {
  readonly path: string
  readonly log: Log
  /** For a new client; undefined if none is served now. */
  readonly dispatcher: () => Dispatcher | undefined
}

/** `appd.sock`: requests and replies in strict order, and nothing else. */
export class UnixServer {
  readonly #options: UnixServerOptions
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(options: UnixServerOptions) {
    this.#options = options
    this.#server = createServer({ allowHalfOpen: true }, socket => void this.#serve(socket))
    this.#server.maxConnections = maxConnections
  }

  /** @throws if another process serves the socket, or it can't be made */
  async listen(): Promise<void> {
    const { path, log } = this.#options
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    await removeStale(path)
    const umask = process.umask(0o177)
    try {
      // Binds at once.
      this.#server.listen(path)
    } finally {
      process.umask(umask)
    }
    await once(this.#server, 'listening')
    chmodSync(path, 0o600)
    this.#server.on('error', err => log.error({ err }, 'appd.sock failed'))
  }

  close(): void {
    // Removes the file, too.
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  async #serve(socket: Socket): Promise<void> {
    const { log, dispatcher } = this.#options
    socket.on('error', err => log.debug({ err }, 'a client of appd.sock failed'))
    const client = isOwnUser(peerCredentials(socket)) ? dispatcher() : undefined
    if (!client) return void socket.destroy()
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    try {
      await answerAll(socket, client)
      socket.end()
    } catch (error) {
      if (error instanceof BadFrame) log.debug({ reason: error.message }, 'a client of appd.sock is disconnected')
      socket.destroy()
    }
  }
}

/** Reads the next request when the reply to the one before is sent. @throws {BadFrame} */
async function answerAll(socket: Socket, dispatcher: Dispatcher): Promise<void> {
  const reader = new FrameReader()
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    for (const body of reader.read(chunk)) {
      const reply = await dispatcher.answer(requestOfBody(body))
      if (!socket.write(frameOf(reply))) await drained(socket)
    }
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.on('drain', done)
    socket.on('close', done)
    if (socket.destroyed) done()
  })
}

/** Removes the socket of a process that was killed. @throws if somebody answers there, or it is no socket */
async function removeStale(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return
  if (!stats.isSocket()) throw new Error(`${path} exists and is not a socket.`)
  if (await acceptsConnections({ path })) throw new Error(`The socket ${path} is in use.`)
  rmSync(path)
}
