import { fetchOver } from '../../clients/typescript/src/unix-socket.ts'
import { addressText, type GatewayAddress } from './gateway-address.ts'

/** Nothing answers where the gateway should be. */
export class Unreachable extends Error {}

/** A `fetch` that says which gateway can't be reached. @throws {Unreachable} */
export function gatewayFetch(address: GatewayAddress): typeof globalThis.fetch {
  const fetch = 'socketPath' in address ? fetchOver(address.socketPath) : globalThis.fetch
  return async (input, init) => {
    try {
      return await fetch(input, init)
    } catch (error) {
      if (init?.signal?.aborted) throw error
      throw new Unreachable(unreachableText(address, error as Error), { cause: error })
    }
  }
}

function unreachableText(address: GatewayAddress, error: Error): string {
  const start = 'Start one with weft-gateway serve, or say with --url or WEFT_URL where it is.'
  return `no gateway at ${addressText(address)}: ${reasonOf(error)}. ${start}`
}

function reasonOf(error: Error): string {
  const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing listens there'
    case 'ENOENT':
      return 'there is no such socket'
    case 'EACCES':
      return 'this user is not allowed to use the socket'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name of the host is not known'
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'no answer came in time'
    default:
      return message || code || 'the connection failed'
  }
}
