import { statSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { Hello } from '../protocol/commands.ts'
import type { HeartbeatTiming } from '../protocol/heartbeat.ts'
import { canIdentifyPeers, isOwnUser, peerCredentials } from '../protocol/peer.ts'
import { isSameSecret, readSecret } from '../protocol/secret.ts'
import type { StateFolder } from '../state-folder.ts'
import { GatewayConnection } from './gateway-connection.ts'
import type { Supervisor } from './supervisor.ts'

/** How many peers can be waiting to send their hello. Beyond it the oldest is disconnected. */
const maxAnonymous = 64

export interface GatewayServerOptions {
  readonly folder: StateFolder
  readonly supervisor: Supervisor
  readonly timing: HeartbeatTiming
  /** Called when a gateway is served, and when none is served any more. */
  readonly gatewayCame: () => void
  readonly gatewayLeft: () => void
  readonly shutDown: () => void
}

/** Listens on the state folder's socket and serves one gateway at a time, in the order in which they identify themselves. */
export class GatewayServer {
  readonly #options: GatewayServerOptions
  readonly #connections = new Set<GatewayConnection>()
  readonly #folderInode: number | undefined
  #server: Server | undefined
  /** The inode of the socket's file; undefined while the file is missing. */
  #inode: number | undefined
  #opening: Promise<void> | undefined
  #failure: string | undefined
  #watch: NodeJS.Timeout | undefined
  /** Resolves when the connections of all earlier gateways have ended. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: GatewayServerOptions) {
    this.#options = options
    this.#folderInode = inodeOf(options.folder.path)
    if (!canIdentifyPeers) {
      options.supervisor.notice('this machine does not tell who connects to the supervisor: its secret decides alone')
    }
  }

  async listen(): Promise<void> {
    await this.#open()
    this.#watch = setInterval(() => this.#reopenIfRemoved(), this.#options.timing.intervalMs)
  }

  /** False if it was removed or replaced: files at its path can be those of another supervisor. */
  get hasFolder(): boolean {
    return inodeOf(this.#options.folder.path) === this.#folderInode
  }

  /** Accepts no more connections; existing ones are not closed. */
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

  /** Another program, such as a cleaner of temporary files, may have removed the socket. */
  #reopenIfRemoved(): void {
    const path = this.#options.folder.supervisorSocket
    if (this.#opening || (this.#inode !== undefined && inodeOf(path) === this.#inode)) return
    this.#inode = undefined
    if (!this.hasFolder) {
      this.#reopened('the state folder was removed or replaced: no gateway finds its sessions')
      return
    }
    // Closed first, since closing removes any file at its path.
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

  /** Compares with the file each time: if the secret was removed, the next gateway makes a new one. */
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
