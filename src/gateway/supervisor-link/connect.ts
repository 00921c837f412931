import { once } from 'node:events'
import { lstatSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { canIdentifyPeers, isOwnUser, peerCredentials } from '../../protocol/peer.ts'
import type { StateFolder } from '../../state-folder.ts'
import { type StartOptions, startSupervisor } from './start.ts'

const connectDeadlineMs = 5_000
const connectPauseMs = 20

/** Connects to the supervisor of a state folder, and starts one if none runs. */
export async function connectSupervisor(folder: StateFolder, options: StartOptions): Promise<Socket> {
  const running = await tryConnect(folder.supervisorSocket)
  if (running) return checked(running, folder)
  await startSupervisor(folder, options)
  const started = await tryConnect(folder.supervisorSocket)
  if (!started) throw new Error('The supervisor does not answer.')
  return checked(started, folder)
}

/** Undefined if no process listens. @throws if one does, and can't be reached within the deadline. */
async function tryConnect(path: string): Promise<Socket | undefined> {
  const deadline = performance.now() + connectDeadlineMs
  for (;;) {
    const socket = connect(path)
    try {
      await once(socket, 'connect')
      // Every error is followed by 'close', which is handled.
      socket.on('error', () => {})
      return socket
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined
      // EAGAIN: the backlog of the socket is full.
      if (code !== 'EAGAIN' || performance.now() > deadline) throw error
      await delay(connectPauseMs)
    }
  }
}

/** Closes a socket of another user's process, so that the secret is not sent to it. */
function checked(socket: Socket, { supervisorSocket }: StateFolder): Socket {
  const owner = canIdentifyPeers ? peerCredentials(socket) : { pid: 0, uid: lstatSync(supervisorSocket).uid }
  if (isOwnUser(owner)) return socket
  socket.destroy()
  throw new Error(`The supervisor at ${supervisorSocket} runs as another user (uid ${owner?.uid}).`)
}
