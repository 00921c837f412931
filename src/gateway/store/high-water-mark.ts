import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Session ids reserved at once: one launch in so many waits for the disk. */
const reservedAtOnce = 1_000

const textLength = 48

/** The high-water mark that a start finds. */
export interface FoundMark {
  /** Identifies this file: every copy of it has another identity. */
  readonly identity: string
  readonly seq: number
  /** Session ids up to this one may have been used. */
  readonly reservedId: number
}

/**
 * The number of the newest event, in a file beside the database. It is written after each commit: restoring an older
 * database does not take it back, and the death of a process leaves it at most one commit behind.
 */
export class HighWaterMark {
  readonly #path: string
  readonly #fd: number
  #seq: number
  #reservedId: number

  /** Makes a new file, which replaces the old one when it is published. */
  constructor(path: string, { seq, reservedId }: Omit<FoundMark, 'identity'>) {
    this.#path = path
    this.#fd = openSync(unpublished(path), 'w', 0o600)
    this.#seq = seq
    this.#reservedId = reservedId
    this.#write()
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

  /** Called after the commit of an event. If the process dies in between, the mark is one commit behind, which does not count as a loss. */
  advance(seq: number): void {
    this.#seq = seq
    try {
      this.#write()
    } catch {
      // The mark stays behind: a restored backup might not be detected, but no event is lost.
    }
  }

  /** Called before the commit of a new session. @throws if the id can't be reserved */
  reserve(sessionId: number): void {
    if (sessionId <= this.#reservedId) return
    const before = this.#reservedId
    this.#reservedId = sessionId + reservedAtOnce - 1
    try {
      this.#write()
      fdatasyncSync(this.#fd)
    } catch (error) {
      this.#reservedId = before
      throw error
    }
  }

  #write(): void {
    writeSync(this.#fd, `${this.#seq} ${this.#reservedId}`.padEnd(textLength - 1).concat('\n'), 0)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Undefined if there is none, or none that can be read. */
export function findMark(path: string): FoundMark | undefined {
  if (!statSync(path, { throwIfNoEntry: false })) return undefined
  const [, seq, reservedId] = /^(\d{1,16}) (\d{1,16}) *\n$/.exec(readFileSync(path, 'latin1')) ?? []
  if (seq === undefined || reservedId === undefined) return undefined
  return { identity: identityOf(path), seq: Number(seq), reservedId: Number(reservedId) }
}

const unpublished = (path: string) => `${path}.new`

/** A copy has another inode or, if the inode number was reused, another birth time. */
function identityOf(path: string): string {
  const { ino, birthtimeNs } = statSync(path, { bigint: true })
  return `${ino}:${birthtimeNs}`
}
