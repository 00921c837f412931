import { ProtocolViolation } from './decode.ts'

const newline = 0x0a

/**
 * Cuts a stream of chunks into lines. (`node:readline` would also cut at U+2028, which JSON may hold.)
 * @throws {ProtocolViolation} if a line has more than `maxBytes`, before it is whole.
 */
export class LineReader {
  maxBytes: number
  #parts: Buffer[] = []
  #bytes = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  *read(chunk: Buffer): Generator<string> {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      const line = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
      this.#parts = []
      this.#bytes = 0
      yield (line ?? Buffer.alloc(0)).toString('utf8')
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start))
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length
    if (this.#bytes > this.maxBytes) throw new ProtocolViolation(`a line of more than ${this.maxBytes} bytes`)
    this.#parts.push(part)
  }
}
