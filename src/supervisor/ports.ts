import { createServer } from 'node:net'

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

/** @throws if a process listens on a port that is kept for a session between its runs */
export async function requireFree(port: number): Promise<void> {
  await listen(port).catch(({ code }) => {
    throw new Error(`port ${port}, which was kept for it, is not free any more: ${code}`)
  })
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
