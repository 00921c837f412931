import { chownSync, closeSync, constants, fchownSync, openSync } from 'node:fs'
import { Readable } from 'node:stream'
import { ReadStream } from 'node:tty'
import { resizeTerminal, unlockTerminal } from './libc.ts'
import { type OutputPipe, openPipe, type ProgramStreams } from './output-pipes.ts'
import type { Owner, Terminal } from './process-host.ts'

const size = { rows: 24, columns: 80 }

/** A pseudo-terminal for a program, as all its streams: it is made before the spawn, so that a failure leaves no process. */
export class TerminalStreams implements ProgramStreams {
  readonly given: { readonly terminal: string }
  readonly stdout: { readonly source: TerminalOutput }
  /** All that is written to a terminal comes out of one stream. */
  readonly stderr = { source: Readable.from([]) }
  readonly extra: OutputPipe | undefined

  constructor(hasExtra: boolean) {
    const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY)
    try {
      this.given = { terminal: unlockTerminal(master) }
      resizeTerminal(master, size)
      if (hasExtra) this.extra = openPipe()
      this.stdout = { source: new TerminalOutput(new ReadStream(master)) }
    } catch (error) {
      closeSync(master)
      this.closeWriteEnds()
      this.extra?.source.destroy()
      throw error
    }
  }

  get terminal(): Terminal {
    return this.stdout.source
  }

  /** Lets a program of that user open its terminal by name. */
  giveTo(owner: Owner | undefined): void {
    if (!owner) return
    chownSync(this.given.terminal, owner.uid, owner.gid)
    if (this.extra) fchownSync(this.extra.write, owner.uid, owner.gid)
  }

  closeWriteEnds(): void {
    if (this.extra) closeSync(this.extra.write)
  }

  destroy(): void {
    this.stdout.source.destroy()
    this.extra?.source.destroy()
  }
}

const carriageReturn = 0x0d

/** What is written to a terminal, with lines that end as those of pipes do. To destroy it is to hang up. */
class TerminalOutput extends Readable implements Terminal {
  readonly ended: Promise<void>
  readonly #master: ReadStream
  /** A carriage return at the end of what has been read, since a newline may follow. */
  #held: Buffer = Buffer.alloc(0)

  constructor(master: ReadStream) {
    super()
    this.#master = master
    master.on('data', (chunk: Buffer) => {
      if (!this.push(this.#withoutReturns(chunk))) master.pause()
    })
    // Once no process has the terminal open, the end is EIO at one time and an end at another.
    master.on('error', () => master.destroy())
    master.on('end', () => master.destroy())
    this.ended = new Promise(resolve => {
      master.on('close', () => {
        if (this.#held.length > 0) this.push(this.#held)
        this.push(null)
        resolve()
      })
    })
  }

  override _read(): void {
    this.#master.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#master.destroy()
    done(error)
  }

  /** Terminals end a line with a carriage return and a newline. */
  #withoutReturns(chunk: Buffer): Buffer {
    const read = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk
    const isOpen = read.at(-1) === carriageReturn
    this.#held = isOpen ? Buffer.of(carriageReturn) : Buffer.alloc(0)
    return withoutReturns(isOpen ? read.subarray(0, -1) : read)
  }
}

/** In place. */
function withoutReturns(bytes: Buffer): Buffer {
  let length = 0
  let from = 0
  for (let at = bytes.indexOf('\r\n'); at !== -1; at = bytes.indexOf('\r\n', from)) {
    bytes.copyWithin(length, from, at)
    length += at - from
    from = at + 1
  }
  bytes.copyWithin(length, from)
  return bytes.subarray(0, length + bytes.length - from)
}
