import { closeSync, fchownSync } from 'node:fs'
import { type OnReadOpts, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { makePipe } from './libc.ts'
import type { Owner, Terminal } from './process-host.ts'

/** The pipe of one stream: what is written to the descriptor `write` comes out of `source`. */
export interface OutputPipe {
  readonly write: number
  readonly source: Socket
}

/** What a program gets as its streams, and what its output comes out of. */
export interface ProgramStreams {
  readonly given: { readonly stdout: number; readonly stderr: number } | { readonly terminal: string }
  readonly stdout: { readonly source: Readable }
  readonly stderr: { readonly source: Readable }
  readonly extra: OutputPipe | undefined
  readonly terminal?: Terminal
  giveTo(owner: Owner | undefined): void
  /** Closes what only the program needs. */
  closeWriteEnds(): void
  destroy(): void
}

/** The pipes for the output of a program. They are made before the spawn, so that a failure leaves no process. */
export class OutputPipes implements ProgramStreams {
  readonly #pipes: OutputPipe[] = []
  readonly stdout = this.#open()
  readonly stderr = this.#open()
  readonly extra: OutputPipe | undefined

  get given() {
    return { stdout: this.stdout.write, stderr: this.stderr.write }
  }

  constructor(hasExtra: boolean) {
    if (hasExtra) this.extra = this.#open()
  }

  /** Lets a program of that user open /dev/stdout and /dev/stderr. */
  giveTo(owner: Owner | undefined): void {
    if (owner) for (const { write } of this.#pipes) fchownSync(write, owner.uid, owner.gid)
  }

  closeWriteEnds(): void {
    for (const { write } of this.#pipes) closeSync(write)
  }

  /** Closes the read ends, too, if no process was started. */
  destroy(): void {
    for (const { source } of this.#pipes) source.destroy()
  }

  #open(): OutputPipe {
    try {
      const pipe = openPipe()
      this.#pipes.push(pipe)
      return pipe
    } catch (error) {
      this.destroy()
      this.closeWriteEnds()
      throw error
    }
  }
}

export function openPipe(): OutputPipe {
  const { read, write } = makePipe()
  try {
    return { write, source: readInto(buffer, read) }
  } catch (error) {
    closeSync(read)
    closeSync(write)
    throw error
  }
}

/** All pipes are read into it: a buffer for each read would be far larger than most of what apps write. */
const buffer = Buffer.allocUnsafeSlow(65_536)

/** Emits `data` with a part of the buffer, which is valid until the listeners return. */
function readInto(buffer: Buffer, fd: number): Socket {
  const onread: OnReadOpts = {
    buffer,
    callback: length => source.emit('data', buffer.subarray(0, length))
  }
  const source: Socket = new Socket({ fd, readable: true, writable: false, onread })
  return source
}
