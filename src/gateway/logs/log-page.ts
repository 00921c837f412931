import type { LineOrigin, LogLine } from '../../session-log/record.ts'
import { SegmentedReader } from './segmented-reader.ts'
import { segmentsOf } from './segments.ts'
import { tailRange } from './tail.ts'

export interface LogPageQuery {
  /** Lines with a higher `seq`, the oldest of them. */
  readonly after?: number | undefined
  /** Lines with a lower `seq`, the newest of them; without `after` and `before`, the newest of all. */
  readonly before?: number | undefined
  readonly stream?: LineOrigin | undefined
  /** Only lines that contain this text. */
  readonly text?: string | undefined
  readonly limit: number
}

export interface LogPage {
  /** In order. */
  readonly items: readonly LogLine[]
  /** The oldest line that is kept; 1 before the first. */
  readonly firstSeq: number
  /** The newest line; 0 before the first. */
  readonly lastSeq: number
}

/** A page has at most so many characters and a line, however many lines are asked for. */
const maxPageLength = 524_288

/** Lines that are searched first, from the end; then four times as many, and so on. */
const firstWindow = 2_048

/** A page of a log. */
export async function readLogPage(folder: string, query: LogPageQuery): Promise<LogPage> {
  const [oldest] = await segmentsOf(folder)
  const { last: lastSeq } = await tailRange(folder, 0)
  const bounds = { firstSeq: oldest?.firstSeq ?? 1, lastSeq }
  const items = query.after === undefined ? readBackwards(folder, query, bounds) : readForwards(folder, query, bounds)
  return { items: await items, ...bounds }
}

type Bounds = Omit<LogPage, 'items'>

async function readForwards(folder: string, query: LogPageQuery, { lastSeq }: Bounds): Promise<LogLine[]> {
  const { after = 0, limit } = query
  const items: LogLine[] = []
  let length = 0
  for await (const line of matches(folder, query, { after, last: lastSeq })) {
    if (items.length === limit) break
    items.push(line)
    length += line.line.length
    if (length > maxPageLength) break
  }
  return items
}

/** Logs can only be read forwards: it reads windows of them, from the end back, until it has enough lines. */
async function readBackwards(folder: string, query: LogPageQuery, { firstSeq, lastSeq }: Bounds): Promise<LogLine[]> {
  const newest = new NewestLines(query.limit)
  let end = Math.min(query.before ?? Number.POSITIVE_INFINITY, lastSeq + 1)
  for (let width = firstWindow; end > firstSeq && !newest.isFull; width *= 4) {
    const start = Math.max(firstSeq, end - width)
    newest.startWindow()
    for await (const line of matches(folder, query, { after: start - 1, last: end - 1 })) newest.add(line)
    end = start
  }
  return newest.lines
}

async function* matches(
  folder: string,
  { stream, text }: LogPageQuery,
  { after, last }: { readonly after: number; readonly last: number }
): AsyncGenerator<LogLine> {
  if (after >= last) return
  for await (const piece of new SegmentedReader(folder, after, stream).pieces(last)) {
    for (const line of piece) if (text === undefined || line.line.includes(text)) yield line
  }
}

/** The newest lines of windows, the newest window first. */
class NewestLines {
  readonly #limit: number
  /** Of later windows. */
  #later: LogLine[] = []
  #window: LogLine[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get lines(): LogLine[] {
    const lines = [...this.#window, ...this.#later]
    let length = 0
    let first = lines.length
    while (first > 0 && lines.length - first < this.#limit && length <= maxPageLength) {
      length += lines[--first]?.line.length ?? 0
    }
    return lines.slice(first)
  }

  get isFull(): boolean {
    return this.#window.length + this.#later.length >= this.#limit
  }

  startWindow(): void {
    this.#later = this.lines
    this.#window = []
  }

  add(line: LogLine): void {
    this.#window.push(line)
    if (this.#window.length > 2 * this.#limit) this.#window = this.#window.slice(this.#limit)
  }
}
