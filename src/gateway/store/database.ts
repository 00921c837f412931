import { statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { StorageUnavailable } from '../errors.ts'
import { openSchema } from './migrations.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** Result codes of sqlite3.h. */
const codes = { error: 1, busy: 5, locked: 6, corrupt: 11, cannotOpen: 14, notADatabase: 26 }

/** How long the result of an inspection of the file is reused, in milliseconds. */
const inspectedForMs = 1_000

/**
 * The SQLite file, with statements prepared once. Every failure is {@link StorageUnavailable}. A lock of another process
 * fails at once, since waiting would block the whole gateway.
 */
export class Database {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #inodes: ReadonlyMap<string, number | undefined>
  readonly #statements = new Map<string, StatementSync>()
  #inspectedAt = performance.now()
  #damage: Error | undefined
  #transactions = 0

  /** @throws {StorageUnavailable} if the file is not a database of weft-gateway, too new, or not writable. */
  constructor(path: string, makeEpoch: () => string) {
    this.#path = path
    this.#database = this.#wrap(() => openSchema(path, makeEpoch))
    // The first access makes the write-ahead log.
    this.all('SELECT value FROM meta LIMIT 1')
    this.#inodes = new Map(['', '-wal', '-shm'].map(suffix => [path + suffix, inodeOf(path + suffix)]))
  }

  /** How many transactions have begun: as long as it is the same, everything that was read is still true. */
  get transactions(): number {
    return this.#transactions
  }

  /** Runs `write` in a transaction. */
  transaction(write: () => void): void {
    this.#transactions++
    this.#wrap(() => {
      this.#requirePresent()
      if (this.#damage) throw this.#damage
      this.run('BEGIN IMMEDIATE')
      try {
        write()
        this.run('COMMIT')
      } catch (error) {
        // A full disk has already ended the transaction.
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** A transaction that is on the disk when this returns, with all earlier ones. */
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

  /** Passes rows to `take`, one by one, until it returns false. */
  each(sql: string, values: readonly SQLInputValue[], take: (row: Row) => boolean): void {
    this.#wrap(() => {
      for (const row of this.#prepare(sql).iterate(...values)) if (!take(row as Row)) break
    })
  }

  /**
   * Reads the file anew, at most once a second: pages that are cached in memory would hide that it is damaged.
   * @throws {StorageUnavailable}
   */
  requireUndamaged(): void {
    this.#wrap(() => {
      const now = performance.now()
      if (now - this.#inspectedAt >= inspectedForMs) {
        this.#inspectedAt = now
        inspect(this.#path)
      }
      if (this.#damage) throw this.#damage
    })
  }

  /** Can it be read and, unless it is locked, written? @throws {StorageUnavailable} */
  requireIntact(): void {
    this.#wrap(() => this.#requirePresent())
    this.requireUndamaged()
  }

  close(): void {
    this.#database.close()
  }

  /** SQLite would go on writing to a removed file, and the data would be lost. */
  #requirePresent(): void {
    for (const [file, inode] of this.#inodes) {
      if (inodeOf(file) !== inode) throw new Error(`${file} was removed or replaced`)
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

/** Uses a separate connection, which has no pages in memory. */
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
    // Locked, or no descriptor is free: that does not mean that the file is damaged.
    if (code === codes.busy || code === codes.locked || code === codes.cannotOpen) return
    // "no such table"
    throw code === codes.error ? Object.assign(error as Error, { errcode: codes.corrupt }) : error
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

function isDamage(error: unknown): boolean {
  const code = codeOf(error)
  return code === codes.corrupt || code === codes.notADatabase
}

/** The primary result code. */
function codeOf(error: unknown): number {
  return ((error as { readonly errcode?: number }).errcode ?? 0) & 0xff
}
