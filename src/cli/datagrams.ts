import { endianness } from 'node:os'

// From <sys/socket.h>, the same on every Linux.
const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const MSG_NOSIGNAL = 0x4000

/** Sends a datagram; it is lost if the receiver's queue is full. */
export type SendDatagram = (text: string) => void

/** Datagrams to a Unix socket, which Node can't send; undefined if FFI does not work. */
export async function openDatagrams(path: string): Promise<SendDatagram | undefined> {
  try {
    const { default: koffi } = await import('koffi')
    const libc = koffi.load(null)
    const socket = libc.func('int socket(int, int, int)')
    const sendto = libc.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)')
    const fd: number = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    const address = addressOf(path)
    if (fd < 0) return undefined
    return text => {
      const bytes = Buffer.from(text)
      sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, address, address.length)
    }
  } catch {
    return undefined
  }
}

/** A `struct sockaddr_un`; see unix(7). A name that begins with @ is in the abstract namespace. */
function addressOf(path: string): Buffer {
  const family = Buffer.alloc(2)
  if (endianness() === 'LE') family.writeUInt16LE(AF_UNIX)
  else family.writeUInt16BE(AF_UNIX)
  return Buffer.concat([family, Buffer.from(path.replace(/^@/, '\0'))])
}
