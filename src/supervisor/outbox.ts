import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Fact } from '../protocol/messages.ts'

type News = Omit<Fact, 'type' | 'seq'>

/** Facts that no gateway has acknowledged, in order. What is left when the supervisor exits is kept in a file for the next one. */
export class Outbox {
  readonly #path: string
  #facts: Fact[] = []
  #lastSeq = 0
  #isSaved = false

  /** @param path of the file, which is taken over if it is there */
  constructor(path: string) {
    this.#path = path
    const left = takeOver(path)
    this.#isSaved = left.length > 0
    for (const news of left) this.add(news)
  }

  get facts(): readonly Fact[] {
    return this.#facts
  }

  add(news: News): Fact {
    const fact: Fact = { ...news, type: 'fact', seq: ++this.#lastSeq }
    this.#facts.push(fact)
    return fact
  }

  /** Everything up to `seq` is recorded by a gateway. */
  forget(seq: number): void {
    const first = this.#facts.findIndex(fact => fact.seq > seq)
    this.#facts = first === -1 ? [] : this.#facts.slice(first)
    if (this.#facts.length > 0 || !this.#isSaved) return
    rmSync(this.#path, { force: true })
    this.#isSaved = false
  }

  save(): void {
    if (this.#facts.length === 0) return
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(this.#facts), { mode: 0o600 })
      renameSync(`${this.#path}.new`, this.#path)
    } catch (error) {
      process.stderr.write(`facts that no gateway knows are lost: ${(error as Error).message}\n`)
    }
  }
}

/** The file stays until its facts are acknowledged: a crash in between must not lose them. */
function takeOver(path: string): News[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).map(({ sessionId, input, leader }: Fact) => ({
      sessionId,
      input,
      ...(leader && { leader })
    }))
  } catch {
    return []
  }
}
