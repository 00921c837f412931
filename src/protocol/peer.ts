import type { Socket } from 'node:net'

// From <asm-generic/socket.h>, the same on every architecture that Node runs on.
const SOL_SOCKET = 1
const SO_PEERCRED = 17

/** The process at the other end of a Unix socket, as it was when it connected or began to listen. */
export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
}

type Getsockopt = (fd: number, level: number, name: number, value: Int32Array, length: number[]) => number

const getsockopt = process.platform === 'linux' ? await bindGetsockopt() : undefined

/** Whether peers can be identified on this machine. If not, only the secret of the state folder is checked. */
export const canIdentifyPeers = getsockopt !== undefined

/** Undefined if peers can't be identified on this machine. */
export function peerCredentials(socket: Socket): PeerCredentials | undefined {
  // Node has no public API for the file descriptor.
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null }
  const value = new Int32Array(3)
  if (!getsockopt || handle?.fd === undefined || handle.fd < 0) return undefined
  if (getsockopt(handle.fd, SOL_SOCKET, SO_PEERCRED, value, [value.byteLength]) !== 0) return undefined
  const [pid = 0, uid = 0] = value
  return { pid, uid }
}

/** Whether a peer runs as the same user as this process; true even if that can't be known. */
export function isOwnUser(peer: PeerCredentials | undefined): boolean {
  return peer === undefined || peer.uid === process.geteuid?.()
}

async function bindGetsockopt(): Promise<Getsockopt | undefined> {
  try {
    const { default: koffi } = await import('koffi')
    return koffi.load(null).func('int getsockopt(int, int, int, _Out_ int *value, _Inout_ uint32_t *length)')
  } catch {
    return undefined
  }
}
