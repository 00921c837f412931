import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { acceptsConnections } from '../accepts-connections.ts'
import type { Config } from '../config/load.ts'

/** @throws if no socket can be made at the configured path, before anything is started */
export function requireSocketPath({ server: { socket }, stateDir }: Config): void {
  if (socket === undefined) return
  const folder = resolve(dirname(socket))
  // The state folder is made later, and with it the folders above it.
  if (!`${stateDir}/`.startsWith(`${folder}/`)) requireFolder(folder, socket)
  requireNoFile(socket)
}

export interface Listening {
  /** A URL for this machine, or the path of the socket. */
  readonly address: string
  /** For people. It begins with the address. */
  readonly text: string
}

/** Listens on the configured address. @throws with one sentence that says why it can't. */
export async function listen(fastify: FastifyInstance): Promise<Listening> {
  const { host, port, socket } = fastify.gateway.config.server
  if (socket !== undefined) return only(await listenOnSocket(fastify, socket))
  try {
    const url = await fastify.listen({ host, port, listenTextResolver: address => `listening on ${address}` })
    return textOf(url, fastify.addresses())
  } catch (error) {
    throw new Error(explain(error as NodeJS.ErrnoException, host, port))
  }
}

function only(address: string): Listening {
  return { address, text: address }
}

/** Nobody can connect to 0.0.0.0 or ::, which stand for every address. */
function textOf(url: string, addresses: readonly (AddressInfo | string)[]): Listening {
  const [every] = addresses
  if (typeof every !== 'object' || (every.address !== '0.0.0.0' && every.address !== '::')) return only(url)
  const address = `http://${every.address === '::' ? '[::1]' : '127.0.0.1'}:${every.port}`
  return { address, text: `${address} and every other address of this machine (${every.address})` }
}

async function listenOnSocket(fastify: FastifyInstance, path: string): Promise<string> {
  requireFolder(dirname(path), path)
  requireNoFile(path)
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats && (await acceptsConnections({ path }))) throw new Error(`The socket ${path} is in use.`)
  // Left behind by a process that was killed.
  if (stats) rmSync(path)
  const umask = process.umask(0o177)
  try {
    await fastify.listen({ path })
    chmodSync(path, 0o600)
  } finally {
    process.umask(umask)
  }
  return path
}

function requireNoFile(path: string): void {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? true
  if (!isSocket) throw new Error(`${path} exists and is not a socket.`)
}

function requireFolder(folder: string, path: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats) throw new Error(`The folder ${folder} of the socket ${path} does not exist.`)
  if (!stats.isDirectory()) throw new Error(`${folder}, where the socket ${path} is to be made, is not a folder.`)
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use; choose another with --port (0 means any free port).`
    case 'EACCES':
      return `This user is not allowed to listen on port ${port}.`
    case 'EADDRNOTAVAIL':
      return `${host} is not an address of this machine.`
    default:
      return message
  }
}
