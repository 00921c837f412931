import { Float } from './decode.ts'

/** Bytes that are not MessagePack, or MessagePack that no message of the protocol has. */
export class BadMessagePack extends Error {}

/** Of the protocol's requests, none is deeper than 1. */
const maxDepth = 16

/**
 * The value at the start of `bytes`; floats as {@link Float}, which a library would not tell from integers, and which the
 * protocol does not take for them. Bytes after the value are ignored. @throws {BadMessagePack}
 */
export function unpack(bytes: Buffer): unknown {
  return new Reader(bytes).value(0)
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(depth: number): unknown {
    if (depth > maxDepth) throw new BadMessagePack('it is nested too deeply')
    const tag = this.#take(1).readUInt8()
    if (tag < 0x80) return tag
    if (tag < 0x90) return this.#map(tag & 0x0f, depth)
    if (tag < 0xa0) return this.#array(tag & 0x0f, depth)
    if (tag < 0xc0) return this.#text(tag & 0x1f)
    if (tag >= 0xe0) return tag - 0x100
    return this.#tagged(tag, depth)
  }

  #tagged(tag: number, depth: number): unknown {
    switch (tag) {
      case 0xc0:
        return null
      case 0xc2:
      case 0xc3:
        return tag === 0xc3
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#unsigned(1 << (tag - 0xc4)))
      case 0xca:
        return new Float(this.#take(4).readFloatBE())
      case 0xcb:
        return new Float(this.#take(8).readDoubleBE())
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (tag - 0xcc))
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#signed(1 << (tag - 0xd0))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#unsigned(1 << (tag - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.#array(this.#unsigned(tag === 0xdc ? 2 : 4), depth)
      case 0xde:
      case 0xdf:
        return this.#map(this.#unsigned(tag === 0xde ? 2 : 4), depth)
      default:
        throw new BadMessagePack(`the format 0x${tag.toString(16)}`)
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new BadMessagePack('it is cut off')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  #unsigned(length: number): number {
    const bytes = this.#take(length)
    return length === 8 ? Number(bytes.readBigUInt64BE()) : bytes.readUIntBE(0, length)
  }

  #signed(length: number): number {
    const bytes = this.#take(length)
    return length === 8 ? Number(bytes.readBigInt64BE()) : bytes.readIntBE(0, length)
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8')
  }

  /** Each element takes a byte or more, so that a length that the bytes can't have ends soon. */
  #array(length: number, depth: number): unknown[] {
    const values: unknown[] = []
    for (let index = 0; index < length; index++) values.push(this.value(depth + 1))
    return values
  }

  #map(length: number, depth: number): Record<string, unknown> {
    const entries = new Map<string, unknown>()
    for (let index = 0; index < length; index++) {
      const key = this.value(depth + 1)
      const value = this.value(depth + 1)
      if (typeof key === 'string') entries.set(key, value)
    }
    return Object.fromEntries(entries)
  }
}

export type Packable = number | string | Float | readonly Packable[] | { readonly [name: string]: Packable }

/** Integers as short as they can be, floats as 64 bits. */
export function pack(value: Packable): Buffer {
  if (typeof value === 'string') return packText(Buffer.from(value))
  if (typeof value === 'number') return packInteger(value)
  if (value instanceof Float) return numbered(0xcb, 8, bytes => bytes.writeDoubleBE(value.value, 1))
  if (isArray(value)) return Buffer.concat([packLength(value.length, array), ...value.map(pack)])
  const parts = Object.entries(value).flatMap(([name, member]) => [pack(name), pack(member)])
  return Buffer.concat([packLength(parts.length / 2, map), ...parts])
}

interface LengthTags {
  /** For lengths up to `maxFixed`, which are added to it. */
  readonly fixed: number
  readonly maxFixed: number
  readonly byte?: number
  readonly word: number
  readonly long: number
}

const array: LengthTags = { fixed: 0x90, maxFixed: 15, word: 0xdc, long: 0xdd }
const map: LengthTags = { fixed: 0x80, maxFixed: 15, word: 0xde, long: 0xdf }
const text: LengthTags = { fixed: 0xa0, maxFixed: 31, byte: 0xd9, word: 0xda, long: 0xdb }

function packLength(length: number, { fixed, maxFixed, byte, word, long }: LengthTags): Buffer {
  if (length <= maxFixed) return Buffer.of(fixed + length)
  if (byte !== undefined && length < 0x100) return Buffer.of(byte, length)
  if (length < 0x10000) return numbered(word, 2, bytes => bytes.writeUInt16BE(length, 1))
  return numbered(long, 4, bytes => bytes.writeUInt32BE(length, 1))
}

function packText(bytes: Buffer): Buffer {
  return Buffer.concat([packLength(bytes.length, text), bytes])
}

/** @param value not negative */
function packInteger(value: number): Buffer {
  if (value < 0x80) return Buffer.of(value)
  if (value < 0x100) return Buffer.of(0xcc, value)
  if (value < 0x10000) return numbered(0xcd, 2, bytes => bytes.writeUInt16BE(value, 1))
  if (value < 0x100000000) return numbered(0xce, 4, bytes => bytes.writeUInt32BE(value, 1))
  return numbered(0xcf, 8, bytes => bytes.writeBigUInt64BE(BigInt(value), 1))
}

function numbered(tag: number, length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(1 + length)
  bytes[0] = tag
  write(bytes)
  return bytes
}

function isArray(value: Packable): value is readonly Packable[] {
  return Array.isArray(value)
}
