import { createServer } from 'node:net'
import { inUse } from './port-in-use.ts'
import { SpawnFailed } from './processes/process-host.ts'

/** Hands out free TCP ports of this machine, never one that a live session already has. */
export class Ports {
  readonly #taken = new Set<number>()

  /** @throws if the operating system has no free port. */
  async take(): Promise<number> {
    for (;;) {
      const port = await findFree()
      if (this.#taken.has(port)) continue
      this.#taken.add(port)
      return port
    }
  }

  giveBack(port: number): void {
    this.#taken.delete(port)
  }
}

/** The ports of a session, which it keeps from run to run. */
export interface AllottedPorts {
  readonly port?: number | undefined
  /** Those with a name; absent if there is none. */
  readonly ports?: Readonly<Record<string, number>> | undefined
}

/** @throws if the operating system has no free port. */
export async function allot(
  ports: Ports,
  { hasPort, names }: { readonly hasPort: boolean; readonly names: readonly string[] }
): Promise<AllottedPorts> {
  const taken: number[] = []
  try {
    for (let count = names.length + Number(hasPort); count > 0; count--) taken.push(await ports.take())
  } catch (error) {
    for (const port of taken) ports.giveBack(port)
    throw error
  }
  const named = names.map((name, index) => [name, taken[index] as number])
  return {
    ...(hasPort && { port: taken[names.length] as number }),
    ...(names.length > 0 && { ports: Object.fromEntries(named) })
  }
}

export function allOf({ port, ports = {} }: AllottedPorts): readonly number[] {
  return [...(port === undefined ? [] : [port]), ...Object.values(ports)]
}

/** @throws {SpawnFailed} if one of the ports, which are kept for a session between its runs, is in use */
export async function requireFree(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    await listen(port).catch((error: NodeJS.ErrnoException) => {
      throw new SpawnFailed(inUse(port) ?? `port ${port}, which was kept for it, is not free any more: ${error.code}`)
    })
  }
}

/** A port on which no process listens, on any address, and which no connection uses. */
function findFree(): Promise<number> {
  return listen(0)
}

/** Listens on a port for a moment. */
function listen(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen({ port: wanted, exclusive: true }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
