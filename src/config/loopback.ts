import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Can only processes of this machine reach `host`? */
export function isLoopback(host: string): boolean {
  const kind = isIP(host)
  return kind === 0 ? host === 'localhost' : loopback.check(host, kind === 4 ? 'ipv4' : 'ipv6')
}
