export interface Size {
  readonly rows: number
  readonly columns: number
}

export interface ScreenOptions {
  /** The lines to show; those that do not fit are left out. */
  readonly draw: (size: Size) => readonly string[]
  /** A key was pressed that does not end it. */
  readonly onKey?: (key: string) => void
}

const redrawMs = 200
const idleRedrawMs = 1_000

/** q, and Ctrl-C, which a terminal in raw mode passes on as a character. */
const endKeys = new Set(['q', 'Q', '\u0003'])

/** Draws on the other screen of the terminal, so that the first is as it was afterwards. */
export class Screen {
  readonly #options: ScreenOptions
  readonly #over = new AbortController()
  #pending: NodeJS.Timeout | undefined

  constructor(options: ScreenOptions) {
    this.#options = options
  }

  /** Shows it while `work` goes on, whose signal is aborted by q, Ctrl-C and SIGTERM. */
  async show(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const close = this.#open()
    try {
      await work(this.#over.signal)
    } finally {
      close()
    }
  }

  drawSoon(): void {
    this.#pending ??= setTimeout(() => this.#draw(), redrawMs)
  }

  #open(): () => void {
    const { stdin, stdout } = process
    const end = () => this.#over.abort()
    const draw = () => this.#draw()
    const read = (keys: Buffer) => this.#read(String(keys))
    // The other screen, no cursor, and no new line where one is too long.
    stdout.write('\x1b[?1049h\x1b[?25l\x1b[?7l')
    const timer = setInterval(draw, idleRedrawMs)
    stdout.on('resize', draw)
    process.on('SIGINT', end).on('SIGTERM', end)
    if (stdin.isTTY) stdin.setRawMode(true).on('data', read)
    return () => {
      clearInterval(timer)
      clearTimeout(this.#pending)
      stdout.off('resize', draw)
      if (stdin.isTTY) stdin.setRawMode(false).off('data', read).pause()
      stdout.write('\x1b[?7h\x1b[?25h\x1b[?1049l')
    }
  }

  #read(keys: string): void {
    for (const key of keys) {
      if (endKeys.has(key)) this.#over.abort()
      else this.#options.onKey?.(key)
    }
    this.drawSoon()
  }

  #draw(): void {
    clearTimeout(this.#pending)
    this.#pending = undefined
    const { rows, columns } = process.stdout
    const lines = this.#options.draw({ rows, columns }).slice(0, rows)
    process.stdout.write(`\x1b[H${lines.map(line => `${line}\x1b[K`).join('\n')}\x1b[J`)
  }
}
