type Output = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** Says on stderr what is going on: one line that changes on a terminal, else a line of each question. */
export class Progress {
  readonly #out: Output
  #last = ''

  constructor(out: Output) {
    this.#out = out
  }

  report(text: string): void {
    const [question = ''] = text.split(':')
    if (this.#out.isTTY) this.#out.write(`\r\x1b[K${text}`)
    else if (question !== this.#last) this.#out.write(`${question}\n`)
    this.#last = question
  }

  clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K')
  }
}
