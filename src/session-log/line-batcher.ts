/** Whole lines, each with its newline, as the app wrote them. */
export interface LineBatch {
  readonly bytes: Buffer
  readonly lines: number
  /** Bytes cut off the end of the batch's only line. */
  readonly cutBytes: number
}

export const maxLineBytes = 65_536

const newline = 0x0a

/**
 * Cuts a stream of chunks into batches of whole lines without looking at single lines, so that a flood costs little
 * more than its bytes. A line longer than 64 KiB is cut; memory is bounded by that and one chunk.
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

  /** The stream has ended: what came after the last newline is a line, too. */
  end(): void {
    if (this.#partialBytes > 0) this.#endLine()
  }

  #keep(part: Buffer): void {
    const kept = part.subarray(0, Math.max(0, maxLineBytes - this.#partialBytes))
    // A copy: the rest of a large chunk must not stay in memory for the sake of its end.
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

/** The lines of a batch as text, invalid UTF-8 replaced, without `\n` or `\r\n`. */
export function* textLines(bytes: Buffer): Generator<string> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start)
    yield decodeLine(bytes, start, end === -1 ? bytes.length : end)
    start = end === -1 ? bytes.length : end + 1
  }
}

function decodeLine(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start, bytes[end - 1] === 0x0d && end > start ? end - 1 : end)
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++
  return lines
}
