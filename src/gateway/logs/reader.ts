import { type FSWatcher, watch } from 'node:fs'
import { mkdir, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeRecords,
  type LogLine,
  type LogRecord,
  missingLines,
  recordLines,
  type StreamName
} from '../../session-log/record.ts'

export interface LogQuery {
  /** Only lines with a higher `seq`. */
  readonly after: number
  readonly stream?: StreamName | undefined
}

/** A part of a log, by the `seq` of its lines. */
export interface LogRange {
  readonly after: number
  /** The last line that was there when the range was taken; a log that is written faster than it is read has no end. */
  readonly last: number
}

/** The lines of a range, in order, a batch at a time. Where lines are gone, one line says how many. */
export async function* readLog(
  folder: string,
  { after, last, stream }: LogQuery & LogRange
): AsyncGenerator<LogLine[]> {
  const reader = new LogReader(folder, after)
  while (reader.position < last) {
    const records = await reader.next()
    if (records.length === 0) return
    const lines = linesOf(records, stream).filter(({ seq }) => seq <= last)
    if (lines.length > 0) yield lines
  }
}

/** The lines after a place, and then what is written further on, until `over` aborts: that is when the session has stopped. */
export async function* followLog(folder: string, query: LogQuery, over: AbortSignal): AsyncGenerator<LogLine[]> {
  const reader = new LogReader(folder, query.after)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  using changes = new Changes(folder, over)
  for (;;) {
    // What was written before it was over is there to be read once more.
    const isLast = over.aborted
    const changed = changes.next()
    for (let records = await reader.next(); records.length > 0; records = await reader.next()) {
      const lines = linesOf(records, query.stream)
      if (lines.length > 0) yield lines
    }
    if (isLast) return
    await changed
  }
}

/** The range of the last `count` lines of a stream or of both. */
export async function tailRange(folder: string, count: number, stream?: StreamName): Promise<LogRange> {
  let wanted = count
  let last = 0
  for (const segment of (await segments(folder)).reverse()) {
    const { records } = decodeRecords(await readFile(join(folder, segment.name)).catch(() => Buffer.alloc(0)))
    for (const record of records.reverse()) {
      const end = record.seq + record.lines - 1
      last ||= end
      if (wanted === 0) return { after: end, last }
      if (stream && record.stream !== stream) continue
      if (record.lines >= wanted) return { after: end - wanted, last }
      wanted -= record.lines
    }
  }
  return { after: 0, last }
}

/** The last lines of a log, as text. */
export async function readTail(folder: string, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const batch of readLog(folder, await tailRange(folder, count))) {
    lines.push(...batch.map(({ line }) => line))
  }
  return lines
}

const chunkBytes = 262_144

/** Walks through the segments of a log that may still be written, and whose oldest may go meanwhile. */
class LogReader {
  readonly #folder: string
  #after: number
  #segment: Segment | undefined
  #offset = 0

  constructor(folder: string, after: number) {
    this.#folder = folder
    this.#after = after
  }

  /** The `seq` of the last line given out. */
  get position(): number {
    return this.#after
  }

  /** The next records; none where there is nothing more for now. */
  async next(): Promise<LogRecord[]> {
    for (;;) {
      // Looked for before the read: nothing is written any more to a segment that another one follows.
      const following = await this.#following()
      for (let records = await this.#read(); records.length > 0; records = await this.#read()) {
        const fresh = this.#advance(records)
        if (fresh.length > 0) return fresh
      }
      if (!following) return []
      this.#segment = following
      this.#offset = 0
    }
  }

  /** Drops what was read before, and marks what is missing. */
  #advance(records: readonly LogRecord[]): LogRecord[] {
    const fresh: LogRecord[] = []
    for (const record of records) {
      const expected = this.#after + 1
      const end = record.seq + record.lines
      if (end <= expected) continue
      if (record.seq > expected) fresh.push(missingLines(expected, record))
      fresh.push(record.seq < expected ? { ...record, skip: expected - record.seq } : record)
      this.#after = end - 1
    }
    return fresh
  }

  async #read(): Promise<LogRecord[]> {
    const file = this.#segment && (await open(join(this.#folder, this.#segment.name)).catch(() => undefined))
    if (!file) return []
    try {
      for (let length = chunkBytes; ; length *= 4) {
        const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, this.#offset)
        const { records, length: used } = decodeRecords(buffer.subarray(0, bytesRead))
        this.#offset += used
        // A record longer than the buffer needs a larger one.
        if (records.length > 0 || bytesRead < length) return records
      }
    } finally {
      await file.close()
    }
  }

  async #following(): Promise<Segment | undefined> {
    const all = await segments(this.#folder)
    const current = this.#segment
    if (current) return all.find(segment => segment.firstSeq > current.firstSeq)
    return all.findLast(segment => segment.firstSeq <= this.#after + 1) ?? all[0]
  }
}

interface Segment {
  readonly name: string
  readonly firstSeq: number
}

async function segments(folder: string): Promise<Segment[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter(name => name.endsWith('.log'))
    .map(name => ({ name, firstSeq: Number.parseInt(name, 10) }))
    .sort((a, b) => a.firstSeq - b.firstSeq)
}

function linesOf(records: readonly LogRecord[], stream: StreamName | undefined): LogLine[] {
  return records
    .filter(record => !stream || record.stream === stream || record.stream === 'gateway')
    .flatMap(recordLines)
}

/** How long a change may go unnoticed where the operating system does not tell of it, in milliseconds. */
const pollMs = 500

/** Tells when a folder has changed. */
class Changes {
  readonly #watcher: FSWatcher | undefined
  readonly #over: AbortSignal
  #wake = () => {}

  constructor(folder: string, over: AbortSignal) {
    this.#over = over
    try {
      this.#watcher = watch(folder, () => this.#wake())
      this.#watcher.on('error', () => {})
    } catch {
      // Out of watches: polling serves, too.
    }
    over.addEventListener('abort', this.#end)
  }

  next(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, pollMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#over.aborted) this.#wake()
    })
  }

  readonly #end = () => this.#wake();

  [Symbol.dispose](): void {
    this.#wake()
    this.#watcher?.close()
    this.#over.removeEventListener('abort', this.#end)
  }
}
