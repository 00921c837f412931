import { connect } from 'node:net'
import type { ReadinessCheck } from './check.ts'
import { probe } from './probe.ts'

/** Are connections accepted at `address` (`host:port`, or a port of this machine)? */
export function tcp(address: string): ReadinessCheck {
  const separator = address.lastIndexOf(':')
  const host = separator === -1 ? '127.0.0.1' : address.slice(0, separator).replace(/^\[(.*)\]$/, '$1')
  const port = Number(address.slice(separator + 1))
  return probe(
    signal =>
      new Promise(resolve => {
        const socket = connect({ host, port, signal })
        socket.on('connect', () => resolve(true))
        socket.on('error', () => resolve(false))
        socket.on('connect', () => socket.destroy())
        socket.on('close', () => resolve(false))
      })
  )
}
