import type { Readable } from 'node:stream'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { StreamName } from '../../session-log/record.ts'
import { type LineBatch, LineBatcher } from './line-batcher.ts'
import type { SessionLogWriter } from './log-writer.ts'

/** A disk that hangs must not hold up the session. */
const maxFlushMs = 1_000

type BatchListener = (batch: LineBatch) => void

/**
 * Drains an app's stdout and stderr from its birth to their end, whatever the state of the session, into its log.
 * Who wants to see lines listens, and should stop listening when it has seen enough.
 */
export class Output {
  readonly #log: SessionLogWriter
  readonly #pipes: readonly Pipe[]
  readonly #listeners: Record<StreamName, Set<BatchListener>> = { stdout: new Set(), stderr: new Set() }
  readonly stdoutEnded: Promise<void>

  constructor(source: { stdout: Readable; stderr: Readable }, log: SessionLogWriter) {
    this.#log = log
    const stdout = new Pipe(source.stdout, batch => this.#take('stdout', batch))
    const stderr = new Pipe(source.stderr, batch => this.#take('stderr', batch))
    this.#pipes = [stdout, stderr]
    this.stdoutEnded = stdout.ended
  }

  /** Calls `listener` with all further lines of `stream`; returns the function that ends it. */
  onLines(stream: StreamName, listener: BatchListener): () => void {
    this.#listeners[stream].add(listener)
    return () => this.#listeners[stream].delete(listener)
  }

  /** Writes a line of our own into the log: what the app did that it should know of. */
  remark(line: string): void {
    void this.#log.append('gateway', { bytes: Buffer.from(`${line}\n`), lines: 1, cutBytes: 0 })
  }

  /** Resolves when all that was read so far is in the log, where readers find it, or when the disk takes too long. */
  async logged(): Promise<void> {
    const waited = new AbortController()
    const tooLong = delay(maxFlushMs, undefined, { signal: waited.signal }).catch(() => {})
    await Promise.race([this.#log.flushed(), tooLong])
    waited.abort()
  }

  /** Resolves when all that was written before this call has been read, or both streams have ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#pipes.map(pipe => pipe.drained()))
  }

  /** Reads what is left, closes the pipes, whoever else may hold them, and finishes the log. */
  async close(): Promise<void> {
    await this.drained()
    for (const pipe of this.#pipes) pipe.destroy()
    await Promise.all(this.#pipes.map(pipe => pipe.ended))
    await this.#log.close()
  }

  #take(stream: StreamName, batch: LineBatch): Promise<void> | undefined {
    const busy = this.#log.append(stream, batch)
    for (const listener of this.#listeners[stream]) listener(batch)
    return busy
  }
}

/** A pipe holds 64 KiB, a socket pair a few times that: so many turns empty either, also while it is written to. */
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
    // A reset by a dying peer is an end like any other.
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
      // The first turn may start after this round's poll for input, the second can't.
      await nextTurn()
      await nextTurn()
      // The end comes a round after the last bytes and is told at the close of its round: that ends a last line, too.
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
