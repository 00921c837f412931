import { newline } from '../../output-lines.ts'
import type { LineBatch } from '../output/line-batcher.ts'

const stars = Buffer.from('***')

/** Shorter ones are parts of many words. Nor would a masked line be shorter than the line itself. */
const minSecretBytes = 4

/** Of values that need not be secrets, such as `production`. */
const minOtherBytes = 8

type Span = readonly [start: number, end: number]

/** Replaces secrets by `***` in what an app prints, before it is kept or told. */
export class Mask {
  readonly #needles: readonly Buffer[]

  constructor(secrets: readonly string[], others: readonly string[] = []) {
    const texts = [
      ...secrets.flatMap(variants).filter(text => Buffer.byteLength(text) >= minSecretBytes),
      ...others.flatMap(variants).filter(text => Buffer.byteLength(text) >= minOtherBytes)
    ]
    this.#needles = [...new Set(texts)].map(text => Buffer.from(text))
  }

  /** Whole lines: a secret that arrived in two reads is whole in them. */
  batch(batch: LineBatch): LineBatch {
    const spans = [...this.#spans(batch.bytes), ...(batch.cutBytes > 0 ? this.#cutSpans(batch.bytes) : [])]
    return spans.length === 0 ? batch : { ...batch, bytes: replace(batch.bytes, spans) }
  }

  text(text: string): string {
    const bytes = Buffer.from(text)
    const spans = this.#spans(bytes)
    return spans.length === 0 ? text : replace(bytes, spans).toString()
  }

  /** All texts in a JSON value, its names included. */
  json<T>(value: T): T {
    return maskJson(value, text => this.text(text)) as T
  }

  #spans(bytes: Buffer): Span[] {
    const spans: Span[] = []
    for (const needle of this.#needles) {
      for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + 1)) {
        spans.push([at, at + needle.length])
      }
    }
    return spans
  }

  /** The beginning of a secret at which an overlong line was cut. */
  #cutSpans(bytes: Buffer): Span[] {
    const end = bytes.at(-1) === newline ? bytes.length - 1 : bytes.length
    return this.#needles.flatMap((needle): Span[] => {
      for (let length = Math.min(needle.length, end); length >= stars.length; length--) {
        if (bytes.subarray(end - length, end).equals(needle.subarray(0, length))) return [[end - length, end]]
      }
      return []
    })
  }
}

/** Each line of a secret, as an app prints them, and the whole as it is in JSON. */
function variants(secret: string): string[] {
  return [...secret.split(/\r?\n/), JSON.stringify(secret).slice(1, -1)].map(text => text.trim())
}

function replace(bytes: Buffer, spans: readonly Span[]): Buffer {
  const parts: Buffer[] = []
  let masked = 0
  for (const [start, end] of [...spans].sort(([a], [b]) => a - b)) {
    // What overlaps, or follows at once, is one.
    if (start > masked || parts.length === 0) parts.push(bytes.subarray(masked, start), stars)
    masked = Math.max(masked, end)
  }
  return Buffer.concat([...parts, bytes.subarray(masked)])
}

function maskJson(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(item => maskJson(item, mask))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [mask(name), maskJson(member, mask)]))
}
