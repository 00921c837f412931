import { chmodSync, closeSync } from 'node:fs'
import koffi from 'koffi'
import { SystemCallFailed } from '../processes/system-call-failed.ts'

/*
 * Unix datagram sockets that tell who sent, which Node lacks. Linux, 64 bits. Loading this file fails where koffi does not
 * work.
 */

// From <sys/socket.h>, <fcntl.h> and <poll.h>, the same on every Linux that Node is built for.
const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_NONBLOCK = 0o4000
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_PASSCRED = 16
const MSG_TRUNC = 0x20
const F_SETFL = 4
const F_SETOWN = 8
const O_NONBLOCK = 0o4000
const O_ASYNC = 0o20000
const POLLIN = 1

if (koffi.sizeof('void *') !== 8) throw new Error('the layouts of this file are those of 64 bits')

const libc = koffi.load(null)
const socket = libc.func('int socket(int, int, int)')
const bind = libc.func('int bind(int, const void *, uint32_t)')
const setsockopt = libc.func('int setsockopt(int, int, int, const int *, uint32_t)')
const fcntl = libc.func('int fcntl(int, int, int)')
const poll = libc.func('int poll(void *, unsigned long, int)')
const recvmsg = libc.func('long recvmsg(int, void *, int)')

/** Longer datagrams are cut: systemd reads no more either. */
const maxBytes = 4_096

/** A `cmsghdr` with a `ucred`, and no room for more: descriptors that come with a datagram are closed by the kernel. */
const controlBytes = 32

/** All that is passed by address, in one piece: what only its address refers to would be collected as garbage. */
const memory = Buffer.alloc(8_192)
const base = koffi.address(memory)
const at = { vector: maxBytes, control: maxBytes + 64, header: maxBytes + 128 }
const control = new Int32Array(memory.buffer, at.control, controlBytes / 4)
/** A `struct iovec`: address and length. */
new BigUint64Array(memory.buffer, at.vector, 2).set([base, BigInt(maxBytes)])
/** A `struct msghdr`: name and its length, vectors and their number, control data and its length, flags. */
const header = new BigUint64Array(memory.buffer, at.header, 7)
const flags = new Int32Array(memory.buffer, at.header + 6 * 8, 1)

/**
 * Opens a socket at a path. Whenever it gets a datagram this process gets SIGIO, which must be handled by then.
 * @throws {SystemCallFailed}
 */
export function openDatagramSocket(path: string): number {
  const fd = checked(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))
  try {
    checked(setsockopt(fd, SOL_SOCKET, SO_PASSCRED, Int32Array.of(1), 4))
    const address = addressOf(path)
    checked(bind(fd, address, address.length))
    // Who may send is decided by the process that does: an app can change its user.
    chmodSync(path, 0o666)
    checked(fcntl(fd, F_SETOWN, process.pid))
    checked(fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK))
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

export interface Datagram {
  /** Of the process that sent it; 0 if this process can't see it. */
  readonly pid: number
  /** Undefined if it was too long. */
  readonly text: string | undefined
}

/** The next datagram that waits, if there is one. */
export function receive(fd: number): Datagram | undefined {
  control.fill(0)
  header.set([0n, 0n, base + BigInt(at.vector), 1n, base + BigInt(at.control), BigInt(controlBytes), 0n])
  const length = Number(recvmsg(fd, header, 0))
  if (length < 0) return undefined
  const [flagBits = 0] = flags
  // After the header of 16 bytes.
  const pid = control[4] ?? 0
  return { pid, text: flagBits & MSG_TRUNC ? undefined : memory.toString('utf8', 0, length) }
}

/** Those of the sockets that have a datagram. */
export function readable(fds: readonly number[]): readonly number[] {
  // Structures of a descriptor (32 bits), what is asked, and what is the case (16 bits each).
  const descriptors = new Int32Array(new ArrayBuffer(8 * fds.length))
  const words = new Int16Array(descriptors.buffer)
  fds.forEach((fd, index) => {
    descriptors[2 * index] = fd
    words[4 * index + 2] = POLLIN
  })
  if (poll(descriptors, fds.length, 0) <= 0) return []
  return fds.filter((_, index) => (words[4 * index + 3] ?? 0) !== 0)
}

/** A `struct sockaddr_un`; see unix(7). */
function addressOf(path: string): Buffer {
  const family = Buffer.from(Uint16Array.of(AF_UNIX).buffer)
  return Buffer.concat([family, Buffer.from(path), Buffer.alloc(1)])
}

/** @throws {SystemCallFailed} */
function checked(result: number): number {
  if (result < 0) throw new SystemCallFailed(koffi.errno())
  return result
}
