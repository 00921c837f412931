import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeSessionLogFolder } from '../../session-log/folder.ts'
import { encodeRecord, type LineOrigin, segmentName } from '../../session-log/record.ts'
import type { LineBatch } from './line-batcher.ts'
import type { LogDisk } from './log-disk.ts'

/** A session keeps at most this many segments; the oldest goes first. */
const segmentCount = 4

/** With more than this many bytes waiting for the disk, the app's pipes are not read. */
const maxPendingBytes = 1_048_576

export interface LogBounds {
  /** The maximum size of the log on disk. */
  readonly maxBytes: number
  /** Bytes of disk space that it leaves free. */
  readonly minFreeBytes: number
}

/** Records that wait to be written together. */
class Pending {
  readonly firstSeq: number
  readonly records: Buffer[] = []
  readonly done = Promise.withResolvers<void>()
  bytes = 0

  constructor(firstSeq: number) {
    this.firstSeq = firstSeq
  }

  add(record: Buffer): void {
    this.records.push(record)
    this.bytes += record.length
  }
}

/**
 * Writes a session's log. Never fails: records that can't be written, or would use space that must stay free, are
 * dropped, which leaves a gap in `seq`, and the next write tries again.
 */
export class SessionLogWriter {
  readonly #folder: string
  readonly #disk: LogDisk
  readonly #minFreeBytes: number
  readonly #maxSegmentBytes: number
  readonly #maxPendingBytes: number
  readonly #segments: string[] = []
  #nextSeq = 1
  #pending = new Pending(1)
  /** The records that are being written. */
  #current: Pending | undefined
  #writing: Promise<void> | undefined
  #file: FileHandle | undefined
  #fileBytes = 0

  constructor(folder: string, { maxBytes, minFreeBytes }: LogBounds, disk: LogDisk) {
    this.#folder = folder
    this.#disk = disk
    this.#minFreeBytes = minFreeBytes
    this.#maxSegmentBytes = Math.floor(maxBytes / segmentCount)
    this.#maxPendingBytes = Math.min(maxPendingBytes, this.#maxSegmentBytes / 4)
  }

  /** Appends a batch; returns a promise if the caller should wait before it reads more. */
  append(stream: LineOrigin, batch: LineBatch): Promise<void> | undefined {
    this.#pending.add(encodeRecord({ seq: this.#nextSeq, time: Date.now(), stream, ...batch }))
    this.#nextSeq += batch.lines
    this.#writing ??= this.#drain()
    return this.#pending.bytes > this.#maxPendingBytes ? this.#writing : undefined
  }

  /** Writes a line of the stream `gateway`. */
  remark(line: string): void {
    void this.append('gateway', { bytes: Buffer.from(`${line}\n`), lines: 1, cutBytes: 0 })
  }

  /** Resolves when everything appended before this call is in the file, or dropped. */
  async flushed(): Promise<void> {
    await (this.#pending.bytes > 0 ? this.#pending : this.#current)?.done.promise
  }

  /** Finishes the log: nothing may be appended any more. */
  async close(): Promise<void> {
    await this.#writing
    // Not awaited: what was written can be read already.
    void this.#file?.close().catch(() => {})
    this.#file = undefined
  }

  async #drain(): Promise<void> {
    while (this.#pending.bytes > 0) {
      const pending = this.#pending
      this.#current = pending
      this.#pending = new Pending(this.#nextSeq)
      await this.#keep(pending)
      pending.done.resolve()
    }
    this.#current = undefined
    this.#writing = undefined
  }

  async #keep({ records, bytes, firstSeq }: Pending): Promise<void> {
    if (!(await this.#disk.allows(bytes, this.#minFreeBytes))) this.#disk.droppedBytes += bytes
    else await this.#write(Buffer.concat(records), firstSeq).catch(() => this.#drop(bytes))
  }

  async #write(bytes: Buffer, firstSeq: number): Promise<void> {
    if (this.#fileBytes > 0 && this.#fileBytes + bytes.length > this.#maxSegmentBytes) await this.#abandonSegment()
    this.#file ??= await this.#openSegment(firstSeq)
    await this.#file.appendFile(bytes)
    this.#fileBytes += bytes.length
    this.#disk.bytes += bytes.length
  }

  async #drop(bytes: number): Promise<void> {
    this.#disk.droppedBytes += bytes
    // On a full disk empty segments would push out those that have lines.
    if (this.#file && this.#fileBytes === 0) await rm(this.#segments.pop() as string, { force: true }).catch(() => {})
    await this.#abandonSegment()
  }

  async #openSegment(firstSeq: number): Promise<FileHandle> {
    while (this.#segments.length >= segmentCount) await rm(this.#segments.shift() as string, { force: true })
    await makeSessionLogFolder(this.#folder)
    const path = join(this.#folder, segmentName(firstSeq))
    const file = await open(path, 'a', 0o600)
    this.#segments.push(path)
    return file
  }

  /** The next write opens a new segment: after an error this one may end within a record. */
  async #abandonSegment(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#fileBytes = 0
    await file?.close().catch(() => {})
  }
}
