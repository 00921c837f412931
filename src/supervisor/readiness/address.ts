import { networkInterfaces } from 'node:os'
import { whoListens } from '../processes/listeners.ts'
import type { Probed } from './probe.ts'

/** The addresses to try for a host: `localhost` has two, whatever /etc/hosts says. */
export function addressesOf(host: string): readonly string[] {
  return host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
}

/** The addresses with the port, as people write them. */
export function placesOf(host: string, port: number): readonly string[] {
  return addressesOf(host).map(address => `${address.includes(':') ? `[${address}]` : address}:${port}`)
}

/**
 * Resolves with who answers there, as a clause, if that is no process of this session; with undefined if it is one, or if
 * that can't be known: on another machine, without /proc, or if a process of the session runs as another user.
 */
export async function whoAnswers(
  { address, port }: { readonly address: string; readonly port: number },
  { tree, host }: Probed
): Promise<string | undefined> {
  if (!isOwn(address)) return undefined
  const listener = whoListens({ address, port }, await host.members(tree))
  if (listener === 'member' || listener === 'unknown') return undefined
  return `${listener.process}, which is no process of this session, answered on port ${port} (see ready.anyProcess)`
}

/** Is it an address of this machine? */
export function isOwn(address: string): boolean {
  if (address.startsWith('127.') || address === '::1') return true
  return Object.values(networkInterfaces()).some(list => list?.some(own => own.address === address))
}
