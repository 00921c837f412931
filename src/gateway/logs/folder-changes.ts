import { type FSWatcher, watch } from 'node:fs'

/** How long a change can go unnoticed if the operating system does not report it, in milliseconds. */
const pollMs = 500

/** Notifies of changes in a folder. */
export class Changes {
  readonly #watcher: FSWatcher | undefined
  readonly #over: AbortSignal
  #wake = () => {}

  constructor(folder: string, over: AbortSignal) {
    this.#over = over
    try {
      this.#watcher = watch(folder, () => this.#wake())
      this.#watcher.on('error', () => {})
    } catch {
      // No inotify watch is free: it polls instead.
    }
    over.addEventListener('abort', this.#end)
  }

  next(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, pollMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#over.aborted) this.#wake()
    })
  }

  readonly #end = () => this.#wake();

  [Symbol.dispose](): void {
    this.#wake()
    this.#watcher?.close()
    this.#over.removeEventListener('abort', this.#end)
  }
}
