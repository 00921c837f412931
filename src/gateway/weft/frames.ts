import type { TSchema } from '@sinclair/typebox'
import { Float, requestOf } from './decode.ts'
import { type Packable, pack, unpack } from './message-pack.ts'
import { type Reply, type Request, replies } from './messages.ts'

/** Of a request; longer ones are not read. */
export const maxFrameBytes = 1_048_576

const lengthBytes = 4

/** A client sends what is no request. */
export class BadFrame extends Error {}

/** Cuts a stream into frames: the length of the body, 32 bits little-endian, and the body. @throws {BadFrame} */
export class FrameReader {
  readonly #maxBytes: number
  #waiting: Buffer[] = []
  #bytes = 0

  constructor(maxBytes = maxFrameBytes) {
    this.#maxBytes = maxBytes
  }

  *read(chunk: Buffer): Generator<Buffer> {
    this.#waiting.push(chunk)
    this.#bytes += chunk.length
    for (let length = this.#length; length !== undefined && this.#bytes >= length; length = this.#length) {
      const whole = this.#joined()
      this.#waiting = [whole.subarray(length)]
      this.#bytes -= length
      yield whole.subarray(lengthBytes, length)
    }
  }

  /** Of the next frame, with its length; undefined if it has not come. */
  get #length(): number | undefined {
    if (this.#bytes < lengthBytes) return undefined
    const first = this.#waiting[0]
    const length = (first && first.length >= lengthBytes ? first : this.#joined()).readUInt32LE()
    if (length > this.#maxBytes) throw new BadFrame(`a frame of ${length} bytes`)
    return lengthBytes + length
  }

  #joined(): Buffer {
    const [first] = this.#waiting
    const whole = first && this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting)
    this.#waiting = [whole]
    return whole
  }
}

/** @throws {BadFrame} */
export function requestOfBody(body: Buffer): Request {
  let value: unknown
  try {
    value = unpack(body)
  } catch (error) {
    throw new BadFrame('not MessagePack', { cause: error })
  }
  const request = requestOf(value)
  if (!request) throw new BadFrame('no request')
  return request
}

/** A reply as an array, tag first, and so are the tables in it. */
export function frameOf(reply: Reply): Buffer {
  return framed(pack([reply.type, ...membersOf(reply, replies[reply.type])]))
}

export function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32LE(body.length)
  return Buffer.concat([length, body])
}

function membersOf(value: object, { properties }: TSchema): Packable[] {
  return Object.entries<TSchema>(properties).map(([name, schema]) =>
    packable(value[name as keyof typeof value], schema)
  )
}

function packable(value: unknown, schema: TSchema): Packable {
  switch (schema.type) {
    case 'number':
      return new Float(value as number)
    case 'array':
      return (value as object[]).map(item => membersOf(item, schema.items))
    default:
      return value as Packable
  }
}
