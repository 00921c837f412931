import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { Relay } from './relay.ts'

/** Of the address of a Unix socket, without the zero at its end. */
const maxPathBytes = 107

export interface RelaysOptions {
  readonly folder: string
  readonly log: Log
  readonly received: (sessionId: number, line: string) => void
}

/** The IPC sockets of the sessions that the runtime runs. */
export class Relays {
  readonly #options: RelaysOptions
  readonly #relays = new Map<number, Relay>()

  constructor(options: RelaysOptions) {
    this.#options = options
  }

  /** Makes the socket of a session. Returns its path; undefined if there can be none. */
  open(sessionId: number): string | undefined {
    const { folder, log, received } = this.#options
    const path = join(folder, `ipc-${sessionId}.sock`)
    if (this.#relays.has(sessionId)) return path
    try {
      if (Buffer.byteLength(path) > maxPathBytes) throw new Error(`${path} is too long for a socket`)
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const relay = new Relay({ path, log, received: line => received(sessionId, line) })
      this.#relays.set(sessionId, relay)
      return path
    } catch (err) {
      log.warn({ err, sessionId }, 'a session has no IPC socket')
      return undefined
    }
  }

  send(sessionId: number, payload: string): void {
    this.#relays.get(sessionId)?.send(payload)
  }

  close(sessionId: number): void {
    this.#relays.get(sessionId)?.close()
    this.#relays.delete(sessionId)
  }

  closeAll(): void {
    for (const id of this.#relays.keys()) this.close(id)
  }
}
