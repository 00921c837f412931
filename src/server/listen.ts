import { once } from 'node:events'
import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import type { FastifyInstance } from 'fastify'

/** Listens on the configured address; returns the real one. @throws with one sentence that says why it can't. */
export async function listen(fastify: FastifyInstance): Promise<string> {
  const { host, port, socket } = fastify.gateway.config.server
  if (socket !== undefined) return await listenOnSocket(fastify, socket)
  try {
    return await fastify.listen({ host, port, listenTextResolver: address => `listening on ${address}` })
  } catch (error) {
    throw new Error(explain(error as NodeJS.ErrnoException, host, port))
  }
}

async function listenOnSocket(fastify: FastifyInstance, path: string): Promise<string> {
  requireFolderOf(path)
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats && !stats.isSocket()) throw new Error(`${path} exists and is not a socket.`)
  if (stats && (await isAnswered(path))) throw new Error(`The socket ${path} is in use.`)
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

function requireFolderOf(path: string): void {
  const folder = dirname(path)
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (!stats) throw new Error(`The folder ${folder} of the socket ${path} does not exist.`)
  if (!stats.isDirectory()) throw new Error(`${folder}, where the socket ${path} is to be made, is not a folder.`)
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
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
