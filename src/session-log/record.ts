import { textLines } from '../lines.ts'

/*
 * A session's log is a folder of segments `<first seq>.log`. A segment is a row of records: a header line
 * `<seq of the first line> <epoch ms> <o|e|g> <lines> <bytes> <bytes cut>` and then the lines as the app wrote them.
 */

export const streamNames = ['stdout', 'stderr'] as const

export type StreamName = (typeof streamNames)[number]

/** Lines of `gateway` are our own: what is missing of the others, and what an app should know of its start. */
export const lineOrigins = [...streamNames, 'gateway'] as const

export type LineOrigin = (typeof lineOrigins)[number]

/** Lines of one stream that arrived together. */
export interface LogRecord {
  /** Number of the first line; lines count from 1 over both streams. */
  readonly seq: number
  /** Epoch milliseconds. */
  readonly time: number
  readonly stream: LineOrigin
  readonly lines: number
  readonly cutBytes: number
  /** Whole lines, each with its newline. */
  readonly bytes: Buffer
  /** How many of its lines to pass over. */
  readonly skip?: number
}

export interface LogLine {
  readonly seq: number
  readonly time: string
  readonly stream: LineOrigin
  readonly line: string
  /** How much of an overlong line is missing at its end. */
  readonly cutBytes?: number
  /** How many lines before the next one are gone. */
  readonly missing?: number
}

const letters = { stdout: 'o', stderr: 'e', gateway: 'g' } as const satisfies Record<LineOrigin, string>

export function encodeRecord({ seq, time, stream, lines, cutBytes, bytes }: LogRecord): Buffer {
  const header = `${seq} ${time} ${letters[stream]} ${lines} ${bytes.length} ${cutBytes}\n`
  return Buffer.concat([Buffer.from(header, 'latin1'), bytes])
}

/** The whole records in `segment`; what a writer has not finished, or a crash cut off, is left out. */
export function decodeRecords(segment: Buffer): { records: LogRecord[]; length: number } {
  const records: LogRecord[] = []
  let offset = 0
  for (;;) {
    const headerEnd = segment.indexOf(0x0a, offset)
    if (headerEnd === -1) break
    const [seq, time, stream, lines, length, cutBytes] = segment.toString('latin1', offset, headerEnd).split(' ')
    const start = headerEnd + 1
    const end = start + Number(length)
    if (!(end <= segment.length)) break
    records.push({
      seq: Number(seq),
      time: Number(time),
      stream: lineOrigins.find(origin => letters[origin] === stream) ?? 'stderr',
      lines: Number(lines),
      cutBytes: Number(cutBytes),
      bytes: segment.subarray(start, end)
    })
    offset = end
  }
  return { records, length: offset }
}

export function recordLines({ seq, time, stream, cutBytes, bytes, lines, skip = 0 }: LogRecord): LogLine[] {
  const timestamp = new Date(time).toISOString()
  if (stream === 'gateway' && bytes.length === 0) {
    return [{ seq: seq + lines - 1, time: timestamp, stream, line: `(${lines} lines are missing)`, missing: lines }]
  }
  return Array.from(textLines(bytes), (line, index) => ({
    seq: seq + index,
    time: timestamp,
    stream,
    line,
    ...(cutBytes > 0 && { cutBytes })
  })).slice(skip)
}

/** Stands for the lines from `seq` up to a record: the oldest go first, and a full disk takes none. */
export function missingLines(seq: number, next: LogRecord): LogRecord {
  return { seq, time: next.time, stream: 'gateway', lines: next.seq - seq, cutBytes: 0, bytes: Buffer.alloc(0) }
}
