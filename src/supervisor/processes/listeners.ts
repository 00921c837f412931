import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { endianness } from 'node:os'
import { allPids, readCommand } from './proc.ts'

export interface Endpoint {
  /** An address of this machine. */
  readonly address: string
  readonly port: number
}

/** Who listens: a process of the tree, another one, or nobody who can be found. */
export type Listener = 'member' | 'unknown' | { readonly process: string }

const listening = '0A'

/** Finds out whether one of `members` has the socket open that accepts connections to an endpoint; see proc_net_tcp(5). */
export function whoListens(endpoint: Endpoint, members: readonly { readonly pid: number }[]): Listener {
  const sockets = socketsAt(endpoint)
  if (sockets.size === 0) return 'unknown'
  const holds = members.map(({ pid }) => holdsOne(pid, sockets))
  if (holds.includes(true)) return 'member'
  // Only the superuser may see what processes of others have open.
  if (holds.includes(undefined)) return 'unknown'
  const other = allPids().find(pid => holdsOne(pid, sockets))
  return { process: other === undefined ? 'another process' : describeProcess(other) }
}

/** The process that listens on a port of this machine; undefined if none does, or that can't be known. */
export function portHolder(port: number, address?: string): string | undefined {
  const sockets =
    address === undefined ? new Set(allListeners(port).map(({ link }) => link)) : socketsAt({ address, port })
  if (sockets.size === 0) return undefined
  const pid = allPids().find(pid => holdsOne(pid, sockets))
  return pid === undefined ? 'another process' : describeProcess(pid)
}

/** Where these processes accept TCP connections, as `address:port`; what they have open may be hidden from this user. */
export function listeningAt(members: readonly { readonly pid: number }[]): string[] {
  const sockets = [...listenersIn('/proc/net/tcp'), ...listenersIn('/proc/net/tcp6')]
  const held = sockets.filter(({ link }) => members.some(({ pid }) => holdsOne(pid, new Set([link]))))
  return [...new Set(held.map(({ local, at }) => `${addressOf(local)}:${at}`))]
}

export function describeProcess(pid: number): string {
  return `pid ${pid} (${readCommand(pid)})`
}

/** The links of the sockets that accept connections there: those bound to the address, else those bound to all addresses. */
function socketsAt({ address, port }: Endpoint): ReadonlySet<string> {
  const all = allListeners(port)
  const wanted = isIPv6(address) ? [hexOf(address)] : [hexOf(address), hexOf(`::ffff:${address}`)]
  const bound = all.filter(({ local }) => wanted.includes(local))
  return new Set((bound.length > 0 ? bound : all.filter(({ local }) => /^0+$/.test(local))).map(({ link }) => link))
}

function allListeners(port: number) {
  return [...listenersIn('/proc/net/tcp'), ...listenersIn('/proc/net/tcp6')].filter(({ at }) => at === port)
}

function listenersIn(file: string) {
  return linesOf(file).flatMap(line => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    const [address = '', port = ''] = local.split(':')
    return state === listening ? [{ local: address, at: Number.parseInt(port, 16), link: `socket:[${inode}]` }] : []
  })
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'latin1').split('\n')
  } catch {
    return []
  }
}

/** Undefined if this user may not see what the process has open. */
function holdsOne(pid: number, sockets: ReadonlySet<string>): boolean | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? undefined : false
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** An address as in /proc/net/tcp: words of 32 bits in the byte order of the machine. */
function hexOf(address: string): string {
  const bytes = Buffer.from(isIPv6(address) ? ipv6Bytes(address) : address.split('.').map(Number))
  return (endianness() === 'LE' ? bytes.swap32() : bytes).toString('hex').toUpperCase()
}

/** The reverse of {@link hexOf}, for people. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname
}

function ipv6Bytes(address: string): number[] {
  const mapped = /^::ffff:([\d.]+)$/.exec(address)?.[1]
  if (mapped) return [...Array<number>(10).fill(0), 0xff, 0xff, ...mapped.split('.').map(Number)]
  const groups = (part = '') => part.split(':').filter(Boolean)
  const [head, tail] = address.split('%', 1).join().split('::')
  const [first, last] = [groups(head), groups(tail)]
  const zeros = Array<string>(8 - first.length - last.length).fill('0')
  return [...first, ...zeros, ...last].flatMap(group => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
