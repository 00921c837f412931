import { connect } from 'node:net'
import type { ReadinessOf } from '../../readiness/kinds.ts'
import { addressesOf, placesOf, whoAnswers } from './address.ts'
import type { Circumstances } from './check.ts'
import { type Probe, whyNoAnswer } from './probe.ts'

/** Are connections accepted at `host:port`, or at a port of this machine? */
export function tcp({ setting, options }: ReadinessOf<'tcp'>, { ports: given }: Circumstances): Probe {
  const separator = setting.lastIndexOf(':')
  const host = separator === -1 ? 'localhost' : setting.slice(0, separator).replace(/^\[(.*)\]$/, '$1')
  const port = Number(setting.slice(separator + 1))
  const mustBeOwn = given.includes(port) && !options?.anyProcess
  return {
    awaited: `a connection to ${host}:${port}`,
    options,
    places: placesOf(host, port),
    ...(!given.includes(port) && !options?.anyProcess && { endpoint: { host, port } }),
    async attempt(signal, start) {
      let missing: string | undefined
      for (const address of addressesOf(host)) {
        const fault = await connects({ host: address, port }, signal)
        if (fault === undefined) missing = mustBeOwn ? await whoAnswers({ address, port }, start) : undefined
        else missing ??= `${host}:${port} ${fault}`
        if (fault === undefined && missing === undefined) return undefined
      }
      return missing
    }
  }
}

/** Resolves with why a connection is not accepted; undefined if it is. */
export function connects(
  target: { readonly host: string; readonly port: number } | { readonly path: string },
  signal: AbortSignal
): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = connect({ ...target, signal })
    socket.on('connect', () => {
      resolve(undefined)
      socket.destroy()
    })
    // A socket of another kind, as for datagrams, that a process has open.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EPROTOTYPE' ? undefined : whyNoAnswer(error, signal))
    )
    socket.on('close', () => resolve('broke the connection'))
  })
}
