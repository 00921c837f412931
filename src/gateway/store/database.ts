import { statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { StorageUnavailable } from '../errors.ts'
import { openSchema } from './migrations.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** Result codes of sqlite3.h. */
const codes = { error: 1, busy: 5, locked: 6, corrupt: 11, cannotOpen: 14, notADatabase: 26 }

/** How long it is believed that the file is as it was when it was last looked at, in milliseconds. */
const inspectedForMs = 1_000

/**
 * The SQLite file, with statements prepared once. Whatever fails is {@link StorageUnavailable}; what another process has
 * locked fails at once, for a wait would hold up the whole gateway.
 */
export class Database {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #inode: number
  readonly #statements = new Map<string, StatementSync>()
  #inspectedAt = performance.now()
  #damage: Error | undefined

  /** @throws {StorageUnavailable} if the file is no database of ours, too new, or not writable. */
  constructor(path: string, makeEpoch: () => string) {
    this.#path = path
    this.#database = this.#wrap(() => openSchema(path, makeEpoch))
    this.#inode = statSync(path).ino
  }

  /** All of what `write` does, or nothing. */
  transaction(write: () => void): void {
    this.#wrap(() => {
      this.#requirePresent()
      if (this.#damage) throw this.#damage
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        write()
        this.#database.exec('COMMIT')
      } catch (error) {
        // A full disk has already ended the transaction.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** One that survives a power failure from when this returns, with all that was committed before. */
  durableTransaction(write: () => void): void {
    this.#database.exec('PRAGMA synchronous = FULL')
    try {
      this.transaction(write)
    } finally {
      this.#database.exec('PRAGMA synchronous = NORMAL')
    }
  }

  /** Returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#wrap(() => Number(this.#prepare(sql).run(...values).changes))
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#wrap(() => this.#prepare(sql).all(...values)) as Row[]
  }

  /** Row by row, as long as `take` wants more. */
  each(sql: string, values: readonly SQLInputValue[], take: (row: Row) => boolean): void {
    this.#wrap(() => {
      for (const row of this.#prepare(sql).iterate(...values)) if (!take(row as Row)) break
    })
  }

  /**
   * Looks, once a second at most, at the file as the next start would find it: pages in memory hide that it is damaged.
   * @throws {StorageUnavailable}
   */
  requireIntact(): void {
    this.#wrap(() => {
      this.#requirePresent()
      const now = performance.now()
      if (now - this.#inspectedAt >= inspectedForMs) {
        this.#inspectedAt = now
        inspect(this.#path)
      }
      if (this.#damage) throw this.#damage
    })
  }

  close(): void {
    this.#database.close()
  }

  /** SQLite goes on with a file that was removed; what is written there is lost. */
  #requirePresent(): void {
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino !== this.#inode) {
      throw new Error(`${this.#path} was removed or replaced`)
    }
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #wrap<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (isDamage(error)) this.#damage = error as Error
      if (error instanceof StorageUnavailable) throw error
      throw new StorageUnavailable(`The event log can't be used: ${(error as Error).message}.`, { cause: error })
    }
  }
}

/** By a connection of its own, which has nothing in memory. */
function inspect(path: string): void {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    try {
      for (const [table, key] of [
        ['meta', 'name'],
        ['sessions', 'id'],
        ['events', 'seq']
      ] as const) {
        database.prepare(`SELECT * FROM ${table} ORDER BY ${key} DESC LIMIT 1`).all()
      }
    } finally {
      database.close()
    }
  } catch (error) {
    const code = codeOf(error)
    // Locked, or no descriptor is free: that says nothing of the file.
    if (code === codes.busy || code === codes.locked || code === codes.cannotOpen) return
    // "no such table"
    throw code === codes.error ? Object.assign(error as Error, { errcode: codes.corrupt }) : error
  }
}

function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === codes.corrupt || code === codes.notADatabase
}

/** Without what the extended code adds. */
function codeOf(error: unknown): number {
  return ((error as { readonly errcode?: number }).errcode ?? 0) & 0xff
}
