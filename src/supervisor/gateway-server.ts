import { statSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Hello } from '../protocol/commands.ts'
import type { HeartbeatTiming } from '../protocol/heartbeat.ts'
import { canIdentifyPeers, isOwnUser, peerCredentials } from '../protocol/peer.ts'
import { isSameSecret, readSecret } from '../protocol/secret.ts'
import type { StateFolder } from '../state-folder.ts'
import { GatewayConnection } from './gateway-connection.ts'
import type { Supervisor } from './supervisor.ts'

/** Peers that have not said who they are. With more of them the one that came first goes. */
const maxAnonymous = 64

export interface GatewayServerOptions {
  readonly folder: StateFolder
  readonly supervisor: Supervisor
  readonly timing: HeartbeatTiming
  /** A gateway is served, or none is any more. */
  readonly gatewayCame: () => void
  readonly gatewayLeft: () => void
  readonly shutDown: () => void
}

/** Listens on the state folder's socket and serves one gateway at a time, in the order in which they identify themselves. */
export class GatewayServer {
  readonly #options: GatewayServerOptions
  readonly #connections = new Set<GatewayConnection>()
  #server: Server | undefined
  /** Of the socket's file; undefined if there should be one and is none. */
  #inode: number | undefined
  #opening: Promise<void> | undefined
  #failure: string | undefined
  #watch: NodeJS.Timeout | undefined
  /** Resolves when all gateways that came before are gone. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: GatewayServerOptions) {
    this.#options = options
    if (!canIdentifyPeers) {
      options.supervisor.notice('this machine does not tell who connects to the supervisor: its secret decides alone')
    }
  }

  async listen(): Promise<void> {
    await this.#open()
    this.#watch = setInterval(() => this.#reopenIfRemoved(), this.#options.timing.intervalMs)
  }

  /** Takes no more connections; those that are there close by themselves. */
  close(): void {
    clearInterval(this.#watch)
    this.#server?.close()
  }

  async #open(): Promise<void> {
    const { supervisorSocket } = this.#options.folder
    removeFile(supervisorSocket)
    const server = createServer(socket => this.#accept(socket))
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject)
      // The file is made before listen() returns: no app is spawned meanwhile, which would inherit the mask.
      const umask = process.umask(0o177)
      server.listen(supervisorSocket, resolve)
      process.umask(umask)
    })
    this.#server = server
    this.#inode = inodeOf(supervisorSocket)
  }

  /** A cleaner of temporary files may have taken the socket, and nobody could connect any more. */
  #reopenIfRemoved(): void {
    const path = this.#options.folder.supervisorSocket
    if (this.#opening || (this.#inode !== undefined && inodeOf(path) === this.#inode)) return
    this.#inode = undefined
    // First: to close it removes whatever has its path then.
    this.#server?.close()
    this.#server = undefined
    this.#opening = this.#open()
      .then(
        () => this.#reopened(`${path} was removed; it is there again`),
        error => this.#reopened(`${path} was removed, and can't be made again: ${error.message}`)
      )
      .finally(() => {
        this.#opening = undefined
      })
  }

  #reopened(message: string): void {
    if (message !== this.#failure) this.#options.supervisor.notice(message)
    this.#failure = this.#inode === undefined ? message : undefined
  }

  #accept(socket: Socket): void {
    const { supervisor, timing, shutDown } = this.#options
    if (!isOwnUser(peerCredentials(socket))) {
      socket.destroy()
      return
    }
    const connection: GatewayConnection = new GatewayConnection({
      ...{ socket, supervisor, timing, shutDown },
      isTrusted: hello => this.#isTrusted(hello),
      identified: () => this.#queue(connection)
    })
    this.#connections.add(connection)
    void connection.closed.then(() => this.#connections.delete(connection))
    const anonymous = [...this.#connections].filter(({ isAnonymous }) => isAnonymous)
    if (anonymous.length > maxAnonymous) anonymous[0]?.destroy()
  }

  /** The file decides: a secret that was removed is made anew by the next gateway. */
  #isTrusted({ secret }: Hello): boolean {
    return isSameSecret(secret, readSecret(this.#options.folder.secret))
  }

  #queue(connection: GatewayConnection): void {
    const { gatewayCame, gatewayLeft } = this.#options
    const before = this.#turn
    this.#turn = Promise.all([before, connection.closed]).then(() => {})
    void before.then(() => {
      if (!this.#connections.has(connection)) return
      gatewayCame()
      void connection.closed.then(gatewayLeft)
      connection.serve()
    })
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}
