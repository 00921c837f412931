import type { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StreamName } from '../../session-log/record.ts'
import type { SpawnedProcess, Terminal } from '../processes/process-host.ts'
import type { Mask } from '../variables/mask.ts'
import { type LineBatch, LineBatcher } from './line-batcher.ts'
import type { SessionLogWriter } from './log-writer.ts'

/** The longest wait for the disk, in milliseconds: a disk that hangs must not block the session. */
const maxFlushMs = 1_000

type Source = Pick<SpawnedProcess, 'stdout' | 'stderr' | 'terminal'>

type BatchListener = (batch: LineBatch) => void

/**
 * Drains an app's stdout and stderr into its log, from the spawn to the end of both, in every state of the session.
 * Listeners get the lines, too.
 */
export class Output {
  readonly #log: SessionLogWriter
  /** Hides secrets; absent if the app has none. */
  readonly mask: Mask | undefined
  readonly #pipes: readonly Pipe[]
  readonly #terminal: Terminal | undefined
  readonly #listeners: Record<StreamName, Set<BatchListener>> = { stdout: new Set(), stderr: new Set() }
  readonly #rawListeners: Record<StreamName, Set<BatchListener>> = { stdout: new Set(), stderr: new Set() }
  readonly ended: Readonly<Record<StreamName, Promise<void>>>

  constructor(source: Source, log: SessionLogWriter, mask?: Mask) {
    this.#log = log
    this.mask = mask
    const stdout = new Pipe(source.stdout, batch => this.#take('stdout', batch))
    const stderr = new Pipe(source.stderr, batch => this.#take('stderr', batch))
    this.#pipes = [stdout, stderr]
    this.#terminal = source.terminal
    this.ended = { stdout: stdout.ended, stderr: stderr.ended }
  }

  /** Likewise, with the lines as the app wrote them: for decisions, not to be kept or told. */
  onRawLines(stream: StreamName, listener: BatchListener): () => void {
    this.#rawListeners[stream].add(listener)
    return () => this.#rawListeners[stream].delete(listener)
  }

  /** Calls `listener` with all further lines of `stream`, without secrets; returns the function that ends it. */
  onLines(stream: StreamName, listener: BatchListener): () => void {
    this.#listeners[stream].add(listener)
    return () => this.#listeners[stream].delete(listener)
  }

  /** Writes a line of the stream `gateway` into the log. */
  remark(line: string): void {
    this.#log.remark(this.mask?.text(line) ?? line)
  }

  /** Resolves when everything read so far is in the log file, or when the disk takes too long. */
  async logged(): Promise<void> {
    await within(maxFlushMs, this.#log.flushed())
  }

  /** Resolves when everything that the app wrote before this call has been read, or both streams have ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#pipes.map(pipe => pipe.drained()))
  }

  /** Reads the rest and closes the pipes, even if other processes hold them. */
  async close(): Promise<void> {
    // What was written to a terminal arrives later than the exit, but for sure before the end.
    if (this.#terminal) await within(maxFlushMs, this.#terminal.ended)
    await this.drained()
    for (const pipe of this.#pipes) pipe.destroy()
    await Promise.all(this.#pipes.map(pipe => pipe.ended))
  }

  #take(stream: StreamName, raw: LineBatch): Promise<void> | undefined {
    const batch = this.mask?.batch(raw) ?? raw
    const busy = this.#log.append(stream, batch)
    for (const listener of this.#rawListeners[stream]) listener(raw)
    for (const listener of this.#listeners[stream]) listener(batch)
    return busy
  }
}

async function within(timeMs: number, done: Promise<void>): Promise<void> {
  const { promise: tooLong, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, timeMs)
  await Promise.race([done, tooLong])
  clearTimeout(timer)
}

/** A pipe holds 64 KiB, a socket pair a few times that: this many turns empty either, even while it is written to. */
const drainTurns = 32

class Pipe {
  readonly ended: Promise<void>
  readonly #source: Readable
  #chunks = 0
  #isEnded = false
  #resumed: Promise<void> | undefined

  constructor(source: Readable, take: (batch: LineBatch) => Promise<void> | undefined) {
    this.#source = source
    let busy: Promise<void> | undefined
    const batcher = new LineBatcher(batch => {
      busy = take(batch) ?? busy
    })
    source.on('data', (chunk: Buffer) => {
      this.#chunks++
      batcher.push(chunk)
      if (busy) this.#pause(busy)
      busy = undefined
    })
    // A connection reset counts as an end.
    source.on('error', () => source.destroy())
    this.ended = new Promise(resolve => {
      source.on('end', () => source.destroy())
      source.on('close', () => {
        this.#isEnded = true
        batcher.end()
        resolve()
      })
    })
  }

  async drained(): Promise<void> {
    for (let turn = 0; turn < drainTurns && !this.#isEnded; turn++) {
      const seen = this.#chunks
      await this.#resumed
      // The first turn can start after the event loop has polled for input; the second starts after another poll.
      await nextTurn()
      await nextTurn()
      // The end is emitted one turn after the last bytes, and completes a last line without a newline.
      if (this.#source.destroyed) return this.ended
      if (this.#chunks === seen && !this.#resumed) return
    }
  }

  destroy(): void {
    this.#source.destroy()
  }

  #pause(until: Promise<void>): void {
    this.#source.pause()
    this.#resumed = until.then(() => {
      this.#resumed = undefined
      this.#source.resume()
    })
  }
}
