import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newline } from '../../output-lines.ts'
import { decodeRecord, type FormatVersion, maxRecordBytes } from '../../session-log/decode.ts'
import { requireNoLink } from '../../session-log/folder.ts'
import type { LogRecord } from '../../session-log/record.ts'

/** A file of a log. */
export interface Segment {
  readonly path: string
  readonly firstSeq: number
  readonly version: FormatVersion
}

/** The segments of a log, oldest first; none if there is no log. Other files in the folder are ignored. */
export async function segmentsOf(folder: string): Promise<Segment[]> {
  const names = await requireNoLink(folder).then(
    () => readdir(folder).catch(() => []),
    () => []
  )
  const segments = names.flatMap(name => {
    const [, seq, second] = /^(\d{1,15})(\.v2)?\.log$/.exec(name) ?? []
    return seq ? [{ path: join(folder, name), firstSeq: Number(seq), version: second ? 2 : 1 } as const] : []
  })
  return segments.sort((a, b) => a.firstSeq - b.firstSeq)
}

/** Links are not followed, and a FIFO must not block. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const nothing = Buffer.alloc(0)

/**
 * Reads the records of a segment that may still be written, in pieces: only one buffer is in memory, whatever the size
 * of the segment. Damaged bytes are skipped up to the next record.
 */
export class SegmentReader {
  readonly #segment: Segment
  /** The offset in the file of the bytes in the buffer. */
  #position = 0
  #buffer: Buffer | undefined
  #bytes: Buffer = nothing
  #offset = 0

  constructor(segment: Segment) {
    this.#segment = segment
  }

  get firstSeq(): number {
    return this.#segment.firstSeq
  }

  /** The next record of those in memory, valid until the next `fill`; undefined if more must be read. */
  take(): LogRecord | undefined {
    while (this.#offset < this.#bytes.length) {
      const decoded = decodeRecord(this.#bytes, this.#offset, this.#segment.version)
      switch (decoded.type) {
        case 'record':
          this.#offset = decoded.end
          return decoded.record
        case 'partial':
          return undefined
        case 'broken': {
          const next = this.#bytes.indexOf(newline, this.#offset)
          this.#offset = next === -1 ? this.#bytes.length : next + 1
        }
      }
    }
    return undefined
  }

  /** Reads on; false if there is nothing more for now. A reader that waits holds no memory and no descriptor. */
  async fill(): Promise<boolean> {
    const waiting = this.#bytes.length - this.#offset
    this.#position += this.#offset
    this.#offset = 0
    this.#buffer ??= Buffer.allocUnsafe(maxRecordBytes)
    const length = await this.#read(this.#buffer)
    this.#bytes = this.#buffer.subarray(0, length)
    if (length > waiting) return true
    this.#bytes = nothing
    this.#buffer = undefined
    return false
  }

  async #read(buffer: Buffer): Promise<number> {
    // It may have been removed meanwhile, as the oldest segment.
    const file = await open(this.#segment.path, openFlags).catch(() => undefined)
    if (!file) return 0
    try {
      return (await file.read(buffer, 0, buffer.length, this.#position)).bytesRead
    } catch {
      return 0
    } finally {
      await file.close()
    }
  }
}
