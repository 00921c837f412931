import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { makePipe } from './libc.ts'

/** The pipe of one stream: what is written to the descriptor `write` comes out of `source`. */
interface OutputPipe {
  readonly write: number
  readonly source: Socket
}

/** The pipes for the output of a program. They are made before the spawn, so that a failure leaves no process. */
export class OutputPipes {
  readonly stdout = openPipe()
  readonly stderr = this.#open()

  closeWriteEnds(): void {
    closeSync(this.stdout.write)
    closeSync(this.stderr.write)
  }

  /** Closes the read ends, too, if no process was started. */
  destroy(): void {
    this.stdout.source.destroy()
    this.stderr.source.destroy()
  }

  #open(): OutputPipe {
    try {
      return openPipe()
    } catch (error) {
      this.stdout.source.destroy()
      closeSync(this.stdout.write)
      throw error
    }
  }
}

function openPipe(): OutputPipe {
  const { read, write } = makePipe()
  try {
    return { write, source: new Socket({ fd: read, readable: true, writable: false }) }
  } catch (error) {
    closeSync(read)
    closeSync(write)
    throw error
  }
}
