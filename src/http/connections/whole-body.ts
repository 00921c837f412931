import type { IncomingMessage } from 'node:http'
import { pipeline, Transform } from 'node:stream'

const firstBytes = 1_024

/**
 * Collects a body in one buffer, from its first byte on, and passes it on whole. Otherwise each chunk is an object of some
 * 200 bytes until the last one has come, and a client can make chunks of one byte. A body of more than `maxBytes` is
 * passed on as soon as it has more, for the reader to refuse, and the rest is discarded.
 */
export class WholeBody extends Transform {
  readonly #maxBytes: number
  #buffer = Buffer.allocUnsafe(firstBytes)
  #length = 0

  constructor(maxBytes: number) {
    super()
    this.#maxBytes = maxBytes
  }

  override _transform(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.#length <= this.#maxBytes) {
      this.#append(chunk)
      if (this.#length > this.#maxBytes) this.push(this.#buffer.subarray(0, this.#length))
    }
    done()
  }

  override _flush(done: () => void): void {
    if (this.#length <= this.#maxBytes) this.push(this.#buffer.subarray(0, this.#length))
    done()
  }

  #append(chunk: Buffer): void {
    const length = this.#length + chunk.length
    if (length > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, 2 * this.#buffer.length))
      this.#buffer.copy(grown, 0, 0, this.#length)
      this.#buffer = grown
    }
    chunk.copy(this.#buffer, this.#length)
    this.#length = length
  }
}

/** Begins to collect the body of a request if it comes in chunks. */
export function collectBody(request: IncomingMessage, maxBytes: number): WholeBody | undefined {
  if (request.headers['transfer-encoding'] === undefined) return undefined
  const body = new WholeBody(maxBytes)
  // The error of a request that breaks off is passed on to the reader of the body.
  pipeline(request, body, () => {})
  return body
}
