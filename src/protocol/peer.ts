import type { Socket } from 'node:net'

// From <asm-generic/socket.h>, the same on every architecture that Node runs on.
const SOL_SOCKET = 1
const SO_PEERCRED = 17

/** Who is at the other end of a Unix socket, as the kernel saw it when it connected, or began to listen. */
export interface PeerCredentials {
  readonly pid: number
  readonly uid: number
}

type Getsockopt = (fd: number, level: number, name: number, value: Int32Array, length: number[]) => number

const getsockopt = process.platform === 'linux' ? await bindGetsockopt() : undefined

/** Whether this machine tells who a peer is. Where it does not, the secret of the state folder decides alone. */
export const canIdentifyPeers = getsockopt !== undefined

/** Undefined where this machine does not tell. */
export function peerCredentials(socket: Socket): PeerCredentials | undefined {
  // Node offers no other way to the descriptor.
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readonly fd?: number } | null }
  const value = new Int32Array(3)
  if (!getsockopt || handle?.fd === undefined || handle.fd < 0) return undefined
  if (getsockopt(handle.fd, SOL_SOCKET, SO_PEERCRED, value, [value.byteLength]) !== 0) return undefined
  const [pid = 0, uid = 0] = value
  return { pid, uid }
}

/** Whether a peer runs as the same user as this process; true also where that can't be known. */
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
