import type { LineOrigin } from '../../session-log/record.ts'
import { type Segment, SegmentReader, segmentsOf } from './segments.ts'

/** A part of a log, by the `seq` of its lines. */
export interface LogRange {
  readonly after: number
  /** The last line when the range was determined: a log that is written faster than it is read would have no end. */
  readonly last: number
}

/** The range of the last `count` lines of a stream or of all. Reads from the newest segment back, as far as it must. */
export async function tailRange(folder: string, count: number, stream?: LineOrigin): Promise<LogRange> {
  let wanted = count
  let last = 0
  for (const segment of (await segmentsOf(folder)).reverse()) {
    const tail = await tailOf(segment, wanted, stream)
    last ||= tail.last
    if (tail.after !== undefined) return { after: tail.after, last }
    wanted -= tail.lines
  }
  return { after: 0, last }
}

interface SegmentTail {
  readonly last: number
  /** The line before the requested ones; undefined if the segment has fewer. */
  readonly after: number | undefined
  readonly lines: number
}

async function tailOf(segment: Segment, wanted: number, stream: LineOrigin | undefined): Promise<SegmentTail> {
  const reader = new SegmentReader(segment)
  const window = new Window(wanted)
  let last = 0
  do {
    for (let record = reader.take(); record; record = reader.take()) {
      last = record.seq + record.lines - 1
      if (!stream || record.stream === stream) window.add(last, record.lines)
    }
  } while (await reader.fill())
  const after = wanted === 0 && last > 0 ? last : window.after
  return { last, after, lines: window.lines }
}

/** The last records that together have the wanted lines: two numbers of each, so that a tail costs little memory. */
class Window {
  readonly #wanted: number
  #ends: number[] = []
  #counts: number[] = []
  #first = 0
  lines = 0

  constructor(wanted: number) {
    this.#wanted = wanted
  }

  get after(): number | undefined {
    if (this.lines < this.#wanted || this.lines === 0) return undefined
    const surplus = this.lines - this.#wanted
    return (this.#ends[this.#first] ?? 0) - (this.#counts[this.#first] ?? 0) + surplus
  }

  add(end: number, count: number): void {
    this.#ends.push(end)
    this.#counts.push(count)
    this.lines += count
    for (let oldest = this.#counts[this.#first] ?? 0; this.lines - oldest >= this.#wanted; ) {
      this.lines -= oldest
      this.#first++
      oldest = this.#counts[this.#first] ?? Number.POSITIVE_INFINITY
    }
    if (this.#first < 1_000 || this.#first < this.#counts.length / 2) return
    this.#ends = this.#ends.slice(this.#first)
    this.#counts = this.#counts.slice(this.#first)
    this.#first = 0
  }
}
