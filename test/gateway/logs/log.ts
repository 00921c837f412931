import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Test } from 'tap'
import { encodeRecord, type LogLine, type StreamName } from '../../../src/session-log/record.ts'
import { LogDisk } from '../../../src/supervisor/output/log-disk.ts'
import { SessionLogWriter } from '../../../src/supervisor/output/log-writer.ts'

/** Lines that an app writes in one go. */
export interface Burst {
  readonly stream: StreamName
  readonly lines: readonly string[]
}

/** A writer of a log in `parent`, with what it counts. */
export function openLog(t: Test, parent: string, maxBytes = 1_048_576, minFreeBytes = 0) {
  const folder = join(parent, 'log')
  const meter = new LogDisk(parent)
  const writer = new SessionLogWriter(folder, { maxBytes, minFreeBytes }, meter)
  t.teardown(() => writer.close())
  let seq = 1
  let bytes = 0
  const flushed = async () => {
    while (meter.bytes + meter.droppedBytes < bytes) await nextTurn()
  }
  const append = ({ stream, lines }: Burst) => {
    const batch = { bytes: Buffer.from(lines.map(line => `${line}\n`).join('')), lines: lines.length, cutBytes: 0 }
    bytes += encodeRecord({ seq, time: Date.now(), stream, ...batch }).length
    seq += lines.length
    return writer.append(stream, batch)
  }
  const write = async (burst: Burst) => {
    void append(burst)
    await flushed()
  }
  return { folder, meter, writer, append, write, flushed }
}

/** What a log of these bursts should say, times apart. */
export function expectedLines(bursts: readonly Burst[]) {
  return bursts
    .flatMap(({ stream, lines }) => lines.map(line => ({ stream, line })))
    .map((line, index) => ({ seq: index + 1, ...line }))
}

export async function linesOf(batches: AsyncIterable<LogLine[]>): Promise<Omit<LogLine, 'time'>[]> {
  const lines: Omit<LogLine, 'time'>[] = []
  for await (const batch of batches) lines.push(...batch.map(({ time: _, ...line }) => line))
  return lines
}
