import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Session ids reserved at once: one launch in so many waits for the disk. */
const reservedAtOnce = 1_000

const textLength = 48

/** A high-water mark as a start finds it. */
export interface FoundMark {
  /** Tells this file from every copy of it. */
  readonly identity: string
  readonly seq: number
  /** Session ids up to this one may have been used. */
  readonly reservedId: number
}

/**
 * How far the event log has come, in a file beside the database. It is written before each commit, so that it survives the
 * death of any process as the database does, but restoring the database does not take it back.
 */
export class HighWaterMark {
  readonly #path: string
  readonly #fd: number
  #reservedId: number

  /** A new file, which takes the place of the old one when it is published. */
  constructor(path: string, { seq, reservedId }: Omit<FoundMark, 'identity'>) {
    this.#path = path
    this.#fd = openSync(unpublished(path), 'w', 0o600)
    this.#reservedId = reservedId
    this.advance(seq)
    fsyncSync(this.#fd)
  }

  get reservedId(): number {
    return this.#reservedId
  }

  /** Before it is published. */
  get identity(): string {
    return identityOf(unpublished(this.#path))
  }

  publish(): void {
    renameSync(unpublished(this.#path), this.#path)
    const folder = openSync(dirname(this.#path), 'r')
    fsyncSync(folder)
    closeSync(folder)
  }

  /** For the event that is about to be committed, and for the new session that it may be of. */
  advance(seq: number, newSessionId = 0): void {
    const isReserved = newSessionId <= this.#reservedId
    const reservedId = isReserved ? this.#reservedId : newSessionId + reservedAtOnce - 1
    writeSync(this.#fd, `${seq} ${reservedId}`.padEnd(textLength - 1).concat('\n'), 0)
    if (isReserved) return
    fdatasyncSync(this.#fd)
    this.#reservedId = reservedId
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Undefined where there is none, or none that can be read. */
export function findMark(path: string): FoundMark | undefined {
  if (!statSync(path, { throwIfNoEntry: false })) return undefined
  const [, seq, reservedId] = /^(\d{1,16}) (\d{1,16}) *\n$/.exec(readFileSync(path, 'latin1')) ?? []
  if (seq === undefined || reservedId === undefined) return undefined
  return { identity: identityOf(path), seq: Number(seq), reservedId: Number(reservedId) }
}

const unpublished = (path: string) => `${path}.new`

/** A copy is another file: it has another inode, or, where that number is used again, was born at another time. */
function identityOf(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true })
  return `${ino}:${birthtimeNs}`
}
