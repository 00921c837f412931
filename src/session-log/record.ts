import { crc32 } from 'node:zlib'
import { textLines } from '../output-lines.ts'

/*
 * A session's log is a folder of segments `<first seq>.v2.log`. A segment is a row of records: a header line
 * `<seq of the first line> <epoch ms> <o|e|g> <lines> <bytes> <bytes cut> <CRC-32 of all that, and of the lines>`
 * and then the lines as the app wrote them. Version 1, `<first seq>.log`, had no checksum.
 */

export const streamNames = ['stdout', 'stderr'] as const

export type StreamName = (typeof streamNames)[number]

/** Lines of `gateway` are our own: they report missing lines, and lines that did not count as readiness. */
export const lineOrigins = [...streamNames, 'gateway'] as const

export type LineOrigin = (typeof lineOrigins)[number]

/** Lines of one stream that arrived together. */
export interface LogRecord {
  /** Number of the first line; lines count from 1 over all streams. */
  readonly seq: number
  /** Epoch milliseconds. */
  readonly time: number
  readonly stream: LineOrigin
  readonly lines: number
  readonly cutBytes: number
  /** Whole lines, each with its newline; at most 64 KiB and a newline. */
  readonly bytes: Buffer
}

export interface LogLine {
  readonly seq: number
  readonly time: string
  readonly stream: LineOrigin
  readonly line: string
  /** How many bytes were cut off the end of an overlong line. */
  readonly cutBytes?: number
  /** How many lines are missing before the next one. */
  readonly missing?: number
}

export const originLetters = { stdout: 'o', stderr: 'e', gateway: 'g' } as const satisfies Record<LineOrigin, string>

export function encodeRecord({ seq, time, stream, lines, cutBytes, bytes }: LogRecord): Buffer {
  const fields = `${seq} ${time} ${originLetters[stream]} ${lines} ${bytes.length} ${cutBytes}`
  const header = `${fields} ${checksum(fields, bytes)}\n`
  return Buffer.concat([Buffer.from(header, 'latin1'), bytes])
}

export function checksum(fields: string, bytes: Buffer): string {
  return crc32(bytes, crc32(fields)).toString(16).padStart(8, '0')
}

/** The name of the segment whose first line is `seq`. */
export function segmentName(seq: number): string {
  return `${seq}.v2.log`
}

/** @param skip how many of the first lines to leave out */
export function* recordLines({ seq, time, stream, cutBytes, bytes }: LogRecord, skip = 0): Generator<LogLine> {
  const common = { time: new Date(time).toISOString(), stream }
  let next = seq
  for (const line of textLines(bytes)) {
    if (next >= seq + skip) yield { seq: next, ...common, line, ...(cutBytes > 0 && { cutBytes }) }
    next++
  }
}

/** Stands for the missing lines from `seq` up to a record: they were pruned, dropped on a full disk, or damaged. */
export function missingLines(seq: number, next: LogRecord): LogLine {
  const missing = next.seq - seq
  const line = `(${missing} lines are missing)`
  return { seq: next.seq - 1, time: new Date(next.time).toISOString(), stream: 'gateway', line, missing }
}
