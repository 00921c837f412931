import { writeSync } from 'node:fs'

export interface LogOutputOptions {
  readonly fd: number
  /** Makes the line that reports how many lines were lost before it, and why. */
  readonly tellLoss: (lines: number, why: string) => string
}

/** Bytes kept in memory while the reader stalls. */
const maxWaitingBytes = 16 * 1_048_576

/** The pause before a retry, in milliseconds. */
const retryMs = { stalled: 50, refused: 1_000 } as const

/** How long the exit of the process waits for a reader, in milliseconds. */
const maxExitDelayMs = 500

const newline = 0x0a

/**
 * Writes lines to a file descriptor. It neither throws nor waits: while the reader stalls, up to 16 MiB are kept. Lines
 * beyond that, and lines that the system refuses (a full disk, a closed pipe), are lost, counted, and reported as soon as
 * lines can be written again.
 */
export class LogOutput {
  readonly #options: LogOutputOptions
  #lines: string[] = []
  #waitingBytes = 0
  /** What is being written: lines or, while `#telling` is not 0, the report of that many lost lines. */
  #chunk: Buffer = Buffer.alloc(0)
  #telling = 0
  #untold = { lines: 0, why: '' }
  #lostLines = 0
  #lastByte = newline
  #next: NodeJS.Immediate | NodeJS.Timeout | undefined

  constructor(options: LogOutputOptions) {
    this.#options = options
    process.once('exit', () => this.#end())
  }

  /** How many lines have been lost. */
  get lostLines(): number {
    return this.#lostLines
  }

  write(line: string): void {
    if (this.#waitingBytes > maxWaitingBytes) {
      this.#lose(1, 'its reader has stalled')
      return
    }
    this.#lines.push(line)
    this.#waitingBytes += Buffer.byteLength(line)
    // All lines of one turn of the event loop in one write.
    this.#next ??= setImmediate(() => this.#flush())
  }

  #flush(): void {
    this.#next = undefined
    const outcome = this.#writeAll()
    if (outcome !== 'written') this.#next = setTimeout(() => this.#flush(), retryMs[outcome]).unref()
  }

  #writeAll(): 'written' | 'stalled' | 'refused' {
    for (;;) {
      if (this.#chunk.length === 0) this.#takeChunk()
      if (this.#chunk.length === 0) return 'written'
      try {
        this.#advance(writeSync(this.#options.fd, this.#chunk))
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        if (code === 'EAGAIN') return 'stalled'
        this.#refuse(message)
        return 'refused'
      }
    }
  }

  /** A loss is reported before the lines that follow it, on its own line. */
  #takeChunk(): void {
    const { lines, why } = this.#untold
    if (lines > 0) {
      this.#telling = lines
      this.#chunk = Buffer.from((this.#lastByte === newline ? '' : '\n') + this.#options.tellLoss(lines, why))
    } else {
      this.#chunk = Buffer.from(this.#lines.join(''))
      this.#lines = []
    }
  }

  #advance(bytes: number): void {
    this.#lastByte = this.#chunk[bytes - 1] ?? this.#lastByte
    this.#chunk = this.#chunk.subarray(bytes)
    if (this.#telling === 0) this.#waitingBytes -= bytes
    else if (this.#chunk.length === 0) {
      this.#untold.lines -= this.#telling
      this.#telling = 0
    }
  }

  #refuse(why: string): void {
    const cut = this.#telling === 0 ? this.#chunk.filter(byte => byte === newline).length : 0
    this.#lose(cut + this.#lines.length, why)
    this.#chunk = Buffer.alloc(0)
    this.#telling = 0
    this.#lines = []
    this.#waitingBytes = 0
  }

  #lose(lines: number, why: string): void {
    this.#lostLines += lines
    this.#untold = { lines: this.#untold.lines + lines, why }
  }

  #end(): void {
    const deadline = performance.now() + maxExitDelayMs
    while (this.#writeAll() === 'stalled' && performance.now() < deadline) pause(10)
  }
}

/** Blocks: at the exit of the process timers no longer fire. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
