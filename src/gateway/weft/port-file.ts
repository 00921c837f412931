import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `appd.wsport`: the port of the WebSocket, in decimal and without a newline. */
export class PortFile {
  readonly #path: string
  #text = ''

  constructor(folder: string) {
    this.#path = join(folder, 'appd.wsport')
  }

  /** @throws if it can't be written */
  write(port: number): void {
    mkdirSync(join(this.#path, '..'), { recursive: true, mode: 0o700 })
    this.#text = String(port)
    const draft = `${this.#path}.${process.pid}`
    writeFileSync(draft, this.#text, { mode: 0o600 })
    renameSync(draft, this.#path)
  }

  /** Removes it, unless another gateway has written it since. */
  remove(): void {
    try {
      if (this.#text !== '' && readFileSync(this.#path, 'utf8') === this.#text) rmSync(this.#path)
    } catch {
      // It is gone.
    }
  }
}
