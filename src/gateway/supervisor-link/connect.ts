import { once } from 'node:events'
import { lstatSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { canIdentifyPeers, isOwnUser, peerCredentials } from '../../protocol/peer.ts'
import type { StateFolder } from '../../state-folder.ts'
import { type SupervisorOptions, startSupervisor } from './start.ts'

/** A connection to the supervisor of a state folder, which is started where there is none. */
export async function connectSupervisor(folder: StateFolder, options: SupervisorOptions): Promise<Socket> {
  const running = await tryConnect(folder.supervisorSocket)
  if (running) return checked(running, folder)
  await startSupervisor(folder, options)
  const started = await tryConnect(folder.supervisorSocket)
  if (!started) throw new Error('The supervisor does not answer.')
  return checked(started, folder)
}

/** Undefined where nobody listens. */
async function tryConnect(path: string): Promise<Socket | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch {
    return undefined
  }
  // The 'close' that follows every error is what counts.
  socket.on('error', () => {})
  return socket
}

/** The secret is told to nobody but a process of this user. */
function checked(socket: Socket, { supervisorSocket }: StateFolder): Socket {
  const owner = canIdentifyPeers ? peerCredentials(socket) : { pid: 0, uid: lstatSync(supervisorSocket).uid }
  if (isOwnUser(owner)) return socket
  socket.destroy()
  throw new Error(`The supervisor at ${supervisorSocket} runs as another user (uid ${owner?.uid}).`)
}
