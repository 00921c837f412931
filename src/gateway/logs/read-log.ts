import { makeSessionLogFolder } from '../../session-log/folder.ts'
import type { LineOrigin, LogLine } from '../../session-log/record.ts'
import { Changes } from './folder-changes.ts'
import { SegmentedReader } from './segmented-reader.ts'
import { type LogRange, tailRange } from './tail.ts'

export interface LogQuery {
  /** Only lines with a higher `seq`. */
  readonly after: number
  /** Only the lines of this stream, and those of `gateway`. */
  readonly stream?: LineOrigin | undefined
}

/** The lines of a range, in order, in pieces of bounded size. A line reports how many are missing. */
export async function* readLog(
  folder: string,
  { after, last, stream }: LogQuery & LogRange
): AsyncGenerator<LogLine[]> {
  if (after < last) yield* new SegmentedReader(folder, after, stream).pieces(last)
}

/**
 * The lines after a `seq`, and those that are written later, until `over` aborts; lines written before that are still
 * read. Ends even if the session writes faster than the log is read.
 */
export async function* followLog(folder: string, query: LogQuery, over: AbortSignal): AsyncGenerator<LogLine[]> {
  const reader = new SegmentedReader(folder, query.after, query.stream)
  await makeSessionLogFolder(folder)
  using changes = new Changes(folder, over)
  for (;;) {
    const isLast = over.aborted
    const last = isLast ? (await tailRange(folder, 0)).last : Number.POSITIVE_INFINITY
    const changed = changes.next()
    yield* reader.pieces(last, () => over.aborted && !isLast)
    if (isLast) return
    await changed
  }
}

/** The last lines of a log, as text. */
export async function readTail(folder: string, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const piece of readLog(folder, await tailRange(folder, count)))
    lines.push(...piece.map(({ line }) => line))
  return lines
}
