import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeRecords, type LogLine, type LogRecord, recordLines, type StreamName } from './record.ts'

export interface LogQuery {
  /** At most this many lines, the newest. */
  readonly tail: number
  readonly stream?: StreamName
}

/** The newest lines of the log in `folder`, oldest first; none where nothing was written. */
export async function readLogTail(folder: string, { tail, stream }: LogQuery): Promise<LogLine[]> {
  const records: LogRecord[] = []
  let lines = 0
  for (const segment of (await segments(folder)).reverse()) {
    const wanted = (await readSegment(folder, segment)).filter(record => !stream || record.stream === stream)
    records.unshift(...wanted)
    lines += wanted.reduce((sum, record) => sum + record.lines, 0)
    if (lines >= tail) break
  }
  let surplus = lines - tail
  while (records[0] && surplus >= records[0].lines) surplus -= (records.shift() as LogRecord).lines
  return records.flatMap(recordLines).slice(Math.max(0, surplus))
}

async function segments(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => name.endsWith('.log')).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
}

async function readSegment(folder: string, name: string): Promise<LogRecord[]> {
  const bytes = await readFile(join(folder, name)).catch(() => Buffer.alloc(0))
  return decodeRecords(bytes).records
}
