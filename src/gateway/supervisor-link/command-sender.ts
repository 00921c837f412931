import type { Command } from '../../protocol/commands.ts'

/** How long an acknowledgement waits for a command to go with, in milliseconds. The supervisor keeps the facts meanwhile. */
const maxDelayMs = 50

/** Sends commands in order: those of one turn of the event loop in one write, and acknowledgements with other commands. */
export class CommandSender {
  readonly #write: (lines: string) => void
  #lines: string[] = []
  /** The last fact that is recorded and not acknowledged; 0 if there is none. */
  #recorded = 0
  #timer: NodeJS.Timeout | undefined

  /** @param write gets lines of JSON, without the last newline */
  constructor(write: (lines: string) => void) {
    this.#write = write
  }

  send(command: Command): void {
    this.sendJson(JSON.stringify(command))
  }

  /** @param json a command */
  sendJson(json: string): void {
    // Before the answers to clients, which take more microtasks.
    if (this.#lines.length === 0) queueMicrotask(() => this.flush())
    this.#lines.push(json)
  }

  /** All facts up to `seq` are recorded. */
  acknowledge(seq: number): void {
    this.#recorded = seq
    this.#timer ??= setTimeout(() => this.flush(), maxDelayMs)
  }

  /** Sends what waits, now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // First: after a `shutdown` it would come too late.
    if (this.#recorded > 0) this.#lines.unshift(JSON.stringify({ type: 'acknowledge', seq: this.#recorded }))
    this.#recorded = 0
    if (this.#lines.length === 0) return
    this.#write(this.#lines.join('\n'))
    this.#lines = []
  }
}
