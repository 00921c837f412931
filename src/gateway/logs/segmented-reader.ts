import { type LineOrigin, type LogLine, type LogRecord, missingLines, recordLines } from '../../session-log/record.ts'
import { SegmentReader, segmentsOf } from './segments.ts'

/** A piece of a log has at most so many lines, and at most so many characters and a line. */
const maxPieceLines = 512
const maxPieceLength = 65_536

/** Reads the segments of a log that is still being written, and whose oldest segment can be removed meanwhile. */
export class SegmentedReader {
  readonly #folder: string
  readonly #stream: LineOrigin | undefined
  #after: number
  #segment: SegmentReader | undefined

  constructor(folder: string, after: number, stream: LineOrigin | undefined) {
    this.#folder = folder
    this.#after = after
    this.#stream = stream
  }

  /**
   * The lines up to `last` that have been written, in pieces that are never empty.
   * @param isInterrupted called after each record; if it is true, the rest is left for the next call
   */
  async *pieces(last: number, isInterrupted = () => false): AsyncGenerator<LogLine[]> {
    let piece: LogLine[] = []
    let length = 0
    for (let record = await this.#next(); record; record = await this.#next()) {
      for (const line of this.#advance(record)) {
        if (line.seq > last) break
        piece.push(line)
        length += line.line.length
        if (piece.length < maxPieceLines && length < maxPieceLength) continue
        yield piece
        piece = []
        length = 0
      }
      if (this.#after >= last || isInterrupted()) break
    }
    if (piece.length > 0) yield piece
  }

  async #next(): Promise<LogRecord | undefined> {
    for (;;) {
      const record = this.#segment?.take()
      if (record) return record
      // Checked before the read: a segment that has a successor is complete.
      const following = await this.#following()
      if (await this.#segment?.fill()) continue
      if (!following) return undefined
      this.#segment = following
    }
  }

  /** The requested lines of a record, after a line that reports missing ones. */
  *#advance(record: LogRecord): Generator<LogLine> {
    const expected = this.#after + 1
    const end = record.seq + record.lines
    if (end <= expected) return
    this.#after = end - 1
    if (record.seq > expected) yield missingLines(expected, record)
    const isWanted = !this.#stream || record.stream === this.#stream || record.stream === 'gateway'
    if (isWanted) yield* recordLines(record, Math.max(0, expected - record.seq))
  }

  async #following(): Promise<SegmentReader | undefined> {
    const segments = await segmentsOf(this.#folder)
    const current = this.#segment
    const next = current
      ? segments.find(segment => segment.firstSeq > current.firstSeq)
      : (segments.findLast(segment => segment.firstSeq <= this.#after + 1) ?? segments[0])
    return next && new SegmentReader(next)
  }
}
