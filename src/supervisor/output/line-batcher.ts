import { countLines, maxLineBytes, newline } from '../../output-lines.ts'

/** Whole lines, each with its newline, as the app wrote them. */
export interface LineBatch {
  readonly bytes: Buffer
  readonly lines: number
  /** Bytes cut off the end of the batch's only line. */
  readonly cutBytes: number
}

/**
 * Cuts a stream of chunks into batches of whole lines without looking at single lines, so that a flood costs little
 * more than its bytes. A line longer than 64 KiB is cut, and a batch is never larger than such a line with its newline.
 */
export class LineBatcher {
  readonly #emit: (batch: LineBatch) => void
  #partial: Buffer[] = []
  #partialBytes = 0
  #cutBytes = 0

  constructor(emit: (batch: LineBatch) => void) {
    this.#emit = emit
  }

  push(chunk: Buffer): void {
    for (let start = 0; start < chunk.length; start += maxLineBytes) {
      this.#push(chunk.subarray(start, start + maxLineBytes))
    }
  }

  /** The stream has ended: the bytes after the last newline are a line, too. */
  end(): void {
    if (this.#partialBytes > 0) this.#endLine()
  }

  #push(chunk: Buffer): void {
    const first = chunk.indexOf(newline)
    if (first === -1) {
      this.#keep(chunk)
      return
    }
    const last = chunk.lastIndexOf(newline)
    let start = 0
    if (this.#partialBytes > 0) {
      this.#keep(chunk.subarray(0, first))
      this.#endLine()
      start = first + 1
    }
    if (start <= last) this.#emitWhole(chunk.subarray(start, last + 1))
    if (last + 1 < chunk.length) this.#keep(chunk.subarray(last + 1))
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, Math.max(0, maxLineBytes - this.#partialBytes))
    // A copy, so that the end of a large chunk does not keep the whole chunk in memory.
    if (kept.length > 0) this.#partial.push(Buffer.from(kept))
    this.#partialBytes += kept.length
    this.#cutBytes += part.length - kept.length
  }

  #endLine(): void {
    const bytes = Buffer.concat([...this.#partial, Buffer.of(newline)])
    const cutBytes = this.#cutBytes
    this.#partial = []
    this.#partialBytes = 0
    this.#cutBytes = 0
    this.#emit({ bytes, lines: 1, cutBytes })
  }

  #emitWhole(bytes: Buffer): void {
    this.#emit({ bytes, lines: countLines(bytes), cutBytes: 0 })
  }
}
