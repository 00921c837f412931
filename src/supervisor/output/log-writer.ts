import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeRecord, type LineOrigin } from '../../session-log/record.ts'
import type { LineBatch } from './line-batcher.ts'

/** A session keeps at most this many segments; the oldest goes first. */
const segmentCount = 4

/** Above this many bytes on their way to the disk the app's pipes are not read on. */
const maxPendingBytes = 1_048_576

/** Counts bytes. */
export interface LogMeter {
  bytes: number
  droppedBytes: number
}

/**
 * Writes a session's log. Never fails: what the disk does not take is dropped, which the gap in `seq` tells, and the
 * next write tries again.
 */
export class SessionLogWriter {
  readonly #folder: string
  readonly #meter: LogMeter
  readonly #maxSegmentBytes: number
  readonly #maxPendingBytes: number
  readonly #segments: string[] = []
  #nextSeq = 1
  #pending: Buffer[] = []
  #pendingBytes = 0
  #pendingSeq = 1
  #writing: Promise<void> | undefined
  #file: FileHandle | undefined
  #fileBytes = 0

  /**
   * @param maxBytes what the whole log may take on disk
   * @param meter counts the bytes of this log with those of others
   */
  constructor(folder: string, maxBytes: number, meter: LogMeter) {
    this.#folder = folder
    this.#meter = meter
    this.#maxSegmentBytes = Math.floor(maxBytes / segmentCount)
    this.#maxPendingBytes = Math.min(maxPendingBytes, this.#maxSegmentBytes / 4)
  }

  /** Takes a batch; a promise comes back where the caller should wait before it reads more. */
  append(stream: LineOrigin, batch: LineBatch): Promise<void> | undefined {
    if (this.#pending.length === 0) this.#pendingSeq = this.#nextSeq
    const record = encodeRecord({ seq: this.#nextSeq, time: Date.now(), stream, ...batch })
    this.#nextSeq += batch.lines
    this.#pending.push(record)
    this.#pendingBytes += record.length
    this.#writing ??= this.#drain()
    return this.#pendingBytes > this.#maxPendingBytes ? this.#writing : undefined
  }

  /** Resolves when all that was appended is in the file, or dropped. */
  async flushed(): Promise<void> {
    await this.#writing
  }

  /** Finishes the log: nothing may be appended any more. */
  async close(): Promise<void> {
    await this.flushed()
    await this.#file?.close().catch(() => {})
    this.#file = undefined
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const bytes = Buffer.concat(this.#pending)
      const firstSeq = this.#pendingSeq
      this.#pending = []
      this.#pendingBytes = 0
      await this.#write(bytes, firstSeq).catch(() => this.#drop(bytes))
    }
    this.#writing = undefined
  }

  async #write(bytes: Buffer, firstSeq: number): Promise<void> {
    if (this.#fileBytes > 0 && this.#fileBytes + bytes.length > this.#maxSegmentBytes) await this.#abandonSegment()
    this.#file ??= await this.#openSegment(firstSeq)
    await this.#file.appendFile(bytes)
    this.#fileBytes += bytes.length
    this.#meter.bytes += bytes.length
  }

  async #drop(bytes: Buffer): Promise<void> {
    this.#meter.droppedBytes += bytes.length
    // On a full disk segments that take nothing would push out those that have lines.
    if (this.#file && this.#fileBytes === 0) await rm(this.#segments.pop() as string, { force: true }).catch(() => {})
    await this.#abandonSegment()
  }

  async #openSegment(firstSeq: number): Promise<FileHandle> {
    while (this.#segments.length >= segmentCount) await rm(this.#segments.shift() as string, { force: true })
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = join(this.#folder, `${firstSeq}.log`)
    const file = await open(path, 'a', 0o600)
    this.#segments.push(path)
    return file
  }

  /** The next write opens a new segment: after an error the tail of this one may be half a record. */
  async #abandonSegment(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    this.#fileBytes = 0
    await file?.close().catch(() => {})
  }
}
