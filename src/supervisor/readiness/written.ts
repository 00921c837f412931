import { newline, textLines } from '../../output-lines.ts'
import { type StreamName, streamNames } from '../../session-log/record.ts'
import type { LineBatch } from '../output/line-batcher.ts'
import type { Output } from '../output/output.ts'
import type { ReadinessCheck } from './check.ts'

const maxQuotedBytes = 200

/** How many lines of a stream that is not read for readiness are compared with what is awaited. */
const maxCompared = 1_000

/** Counts what an app writes while it starts, for the message of a failed start. */
export class Written {
  readonly #counts: Record<StreamName, number> = { stdout: 0, stderr: 0 }
  readonly #check: ReadinessCheck
  /** The beginning of the last line of each. */
  readonly #last: Partial<Record<StreamName, Buffer>> = {}
  /** The first line that would have made the app ready on another stream. */
  #elsewhere: { readonly stream: StreamName; readonly line: number } | undefined

  constructor(output: Output, check: ReadinessCheck, over: AbortSignal) {
    this.#check = check
    for (const stream of streamNames) {
      const stop = output.onLines(stream, batch => this.#take(stream, batch))
      over.addEventListener('abort', stop)
    }
  }

  get isNothing(): boolean {
    return this.#counts.stdout + this.#counts.stderr === 0
  }

  /** What was written, as clauses of a message. */
  get clauses(): readonly string[] {
    if (this.isNothing) return ['it wrote nothing']
    const elsewhere = this.#elsewhere
    return [
      this.#counted(),
      elsewhere ? `line ${elsewhere.line} of ${elsewhere.stream} matches: set stream` : this.#lastLine()
    ]
  }

  /** That of stderr if there is one: it usually says what went wrong. */
  #lastLine(): string {
    const stream = this.#last.stderr ? 'stderr' : 'stdout'
    return `its last line on ${stream} was ${JSON.stringify(this.#last[stream]?.toString('utf8').trimEnd())}`
  }

  #counted(): string {
    const { stdout, stderr } = this.#counts
    const [most, least] = stdout > 0 ? (['stdout', 'stderr'] as const) : (['stderr', 'stdout'] as const)
    const count = this.#counts[most]
    const others = stdout > 0 && stderr > 0 ? stderr : 'none'
    return `it wrote ${count} ${count === 1 ? 'line' : 'lines'} on ${most} and ${others} on ${least}`
  }

  #take(stream: StreamName, { bytes, lines }: LineBatch): void {
    const { streams, matches } = this.#check
    if (matches && !streams.includes(stream)) this.#compare(stream, bytes, matches)
    this.#counts[stream] += lines
    const start = bytes.length < 2 ? 0 : bytes.lastIndexOf(newline, bytes.length - 2) + 1
    // A copy: the buffer is used for the next read.
    this.#last[stream] = Buffer.from(bytes.subarray(start, start + maxQuotedBytes))
  }

  #compare(stream: StreamName, bytes: Buffer, matches: (line: string) => boolean): void {
    let line = this.#counts[stream]
    if (this.#elsewhere || line >= maxCompared) return
    for (const text of textLines(bytes, maxQuotedBytes)) {
      line++
      if (!matches(text)) continue
      this.#elsewhere = { stream, line }
      return
    }
  }
}
