import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Fact } from '../protocol/fact.ts'

type NewFact = Omit<Fact, 'type' | 'seq'>

/** The maximum length of a fact, which usually has some hundred bytes. ready-info.ts limits what an app reports with its readiness. */
const maxFactBytes = 65_536

/** Raised with every change of the file. */
const fileVersion = 2

const FactsFile = Type.Object({ version: Type.Literal(fileVersion), facts: Type.Array(Fact) })

interface Entry {
  readonly seq: number
  readonly key: string
  /** The fact as it is sent. */
  readonly json: string
}

export interface OutboxOptions {
  /** The path of the file, which is loaded if it exists. */
  readonly path: string
  readonly notice: (message: string) => void
}

/** Facts that no gateway has acknowledged, in order. When the supervisor exits, it stores them in a file for the next one. */
export class Outbox {
  readonly #options: OutboxOptions
  #entries: Entry[] = []
  #lastSeq = 0
  #isSaved = false

  constructor(options: OutboxOptions) {
    this.#options = options
    const left = loadFacts(options)
    this.#isSaved = left.length > 0
    for (const news of left) this.add(news)
  }

  /** The sessions of which it has facts. */
  get keys(): readonly string[] {
    return this.#entries.map(({ key }) => key)
  }

  /**
   * Encodes the fact now, so that one that can't be sent throws here and does not block others. Returns its number.
   */
  add({ key, input, leader }: NewFact): number {
    const seq = this.#lastSeq + 1
    const fact: Fact = { type: 'fact', seq, key, input, ...(leader && { leader }) }
    const json = JSON.stringify(fact)
    if (Buffer.byteLength(json) > maxFactBytes) throw new Error(`a fact of more than ${maxFactBytes} bytes`)
    this.#entries.push({ seq, key, json })
    this.#lastSeq = seq
    return seq
  }

  /** The first fact after `seq`, if there is one. */
  next(seq: number): Entry | undefined {
    const [first] = this.#entries
    return first && this.#entries[Math.max(0, seq + 1 - first.seq)]
  }

  /** Removes the facts up to `seq`, which a gateway has recorded. */
  forget(seq: number): void {
    const first = this.#entries[0]?.seq ?? 0
    if (seq >= first) this.#entries.splice(0, seq + 1 - first)
    if (this.#entries.length > 0 || !this.#isSaved) return
    rmSync(this.#options.path, { force: true })
    this.#isSaved = false
  }

  save(): void {
    if (this.#entries.length === 0) return
    try {
      const facts = this.#entries.map(({ json }) => json).join(',\n')
      writeDurably(this.#options.path, `{"version":${fileVersion},"facts":[\n${facts}\n]}\n`)
    } catch (error) {
      process.stderr.write(`facts that no gateway knows are lost: ${(error as Error).message}\n`)
    }
  }
}

/** Loads the file, which is kept until its facts are acknowledged, so that a crash does not lose them. */
function loadFacts({ path, notice }: OutboxOptions): readonly NewFact[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const facts = parseFacts(text)
  if (facts) return facts
  const quarantinePath = `${path}.unreadable-${Date.now()}`
  renameSync(path, quarantinePath)
  notice(
    `${path} was not written by this version, or not to its end: kept as ${quarantinePath}; how its sessions ended is not known`
  )
  return []
}

function parseFacts(text: string): Static<typeof FactsFile>['facts'] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return TypeCompiler.Compile(FactsFile).Check(value) ? value.facts : undefined
  } catch {
    return undefined
  }
}

/** Atomic, also in a power failure. */
function writeDurably(path: string, text: string): void {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
