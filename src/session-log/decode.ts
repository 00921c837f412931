import { countLines, maxLineBytes, newline } from '../output-lines.ts'
import { checksum, type LineOrigin, type LogRecord, originLetters } from './record.ts'

/** The format of a segment; its name shows it. */
export type FormatVersion = 1 | 2

/**
 * What is at an offset in a segment: a complete record and its end; the beginning of a record whose remaining bytes are
 * not there yet; or bytes that can't be a record.
 */
export type Decoded =
  | { readonly type: 'record'; readonly record: LogRecord; readonly end: number }
  | { readonly type: 'partial' }
  | { readonly type: 'broken' }

/** A buffer of this size holds any record. */
export const maxRecordBytes = 2 * maxLineBytes

const maxHeaderBytes = 128

const headers: { readonly [V in FormatVersion]: RegExp } = {
  1: /^((\d{1,15}) (\d{1,14}) ([oeg]) (\d{1,6}) (\d{1,6}) (\d{1,15}))$/,
  2: /^((\d{1,15}) (\d{1,14}) ([oeg]) (\d{1,6}) (\d{1,6}) (\d{1,15})) ([0-9a-f]{8})$/
}

export function decodeRecord(segment: Buffer, start: number, version: FormatVersion): Decoded {
  const headerEnd = segment.subarray(start, start + maxHeaderBytes).indexOf(newline)
  if (headerEnd === -1) return { type: segment.length - start < maxHeaderBytes ? 'partial' : 'broken' }
  const header = headers[version].exec(segment.toString('latin1', start, start + headerEnd))
  if (!header) return { type: 'broken' }
  const [, fields = '', seq, time, letter, lines, length, cutBytes, sum] = header
  const from = start + headerEnd + 1
  const end = from + Number(length)
  if (Number(length) > maxLineBytes + 1 || Number(length) < Number(lines)) return { type: 'broken' }
  if (end > segment.length) return { type: 'partial' }
  const bytes = segment.subarray(from, end)
  const isWhole = version === 1 ? countLines(bytes) === Number(lines) : checksum(fields, bytes) === sum
  if (!isWhole) return { type: 'broken' }
  const record = {
    ...{ seq: Number(seq), time: Number(time), stream: originOf(letter), lines: Number(lines) },
    ...{ cutBytes: Number(cutBytes), bytes }
  }
  return { type: 'record', record, end }
}

function originOf(letter: string | undefined): LineOrigin {
  switch (letter) {
    case originLetters.stdout:
      return 'stdout'
    case originLetters.stderr:
      return 'stderr'
    default:
      return 'gateway'
  }
}
