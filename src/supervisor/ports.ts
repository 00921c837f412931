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

/** A port on which no process listens, on any address, and which no connection uses. */
function findFree(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen({ port: 0, exclusive: true }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
