import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Launch } from '../../protocol/launch.ts'
import { whyNoNotify } from '../../readiness/notify-support.ts'
import { identityOf } from '../../users/change-user.ts'
import { makeParent, makePassable, open } from '../make-folder.ts'
import { SpawnFailed } from '../processes/process-host.ts'
import { NotifySocket } from './notify-socket.ts'

type Calls = typeof import('./datagram-socket.ts')

/** How long a session that sends more than is read at once waits, in milliseconds. */
const floodPauseMs = 20

/**
 * The sockets to which apps send sd_notify(3), below the state folder: one for each run, so that none can fill the queue of
 * another. A signal tells that there is something to read: Node can't wait for datagrams.
 */
export class NotifySockets {
  readonly #stateFolder: string
  readonly #folder: string
  readonly #open = new Map<number, NotifySocket>()
  /** Those that have sent too much; they are read again later. */
  readonly #flooded = new Set<NotifySocket>()
  #calls: Promise<Calls> | undefined

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder
    this.#folder = join(stateFolder, 'notify')
  }

  /** Removes what an earlier supervisor has left. */
  sweep(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** @throws {SpawnFailed | UnknownUser} */
  async open(launch: Launch): Promise<NotifySocket> {
    const fault = whyNoNotify()
    if (fault) throw new SpawnFailed(`ready.notify ${fault}`)
    this.#calls ??= this.#load()
    const { openDatagramSocket, receive } = await this.#calls
    makeParent(this.#folder)
    // Many daemons of the superuser change their user by themselves.
    if (process.geteuid?.() === 0) makePassable(this.#stateFolder)
    open(this.#stateFolder, this.#folder, identityOf(launch))
    // As long as the name of the supervisor's own socket in the folder above, which is known to fit.
    const path = join(this.#folder, randomBytes(6).toString('base64url'))
    try {
      const fd = openDatagramSocket(path)
      const closed = () => {
        this.#open.delete(fd)
        this.#flooded.delete(socket)
      }
      const socket = new NotifySocket({ path, fd, receive, closed })
      this.#open.set(fd, socket)
      return socket
    } catch (error) {
      throw new SpawnFailed(`no socket for ready.notify: ${(error as Error).message}`, { cause: error })
    }
  }

  /** The handler comes first: without one the signal would end this process. */
  async #load(): Promise<Calls> {
    const calls = await import('./datagram-socket.ts')
    process.on('SIGIO', () => this.#read(calls))
    return calls
  }

  #read({ readable }: Calls): void {
    const waiting = [...this.#open.values()].filter(socket => !this.#flooded.has(socket))
    for (const fd of readable(waiting.map(({ fd }) => fd))) this.#readOne(this.#open.get(fd))
  }

  #readOne(socket: NotifySocket | undefined): void {
    if (!socket || socket.read()) return
    this.#flooded.add(socket)
    setTimeout(() => {
      if (this.#flooded.delete(socket)) this.#readOne(socket)
    }, floodPauseMs)
  }
}
