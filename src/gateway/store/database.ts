import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { StorageUnavailable } from '../errors.ts'
import { openSchema } from './migrations.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** The SQLite file, with statements prepared once. Whatever fails is {@link StorageUnavailable}. */
export class Database {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /** @throws {StorageUnavailable} where the file is no database of ours, too new, or not writable. */
  constructor(path: string, makeEpoch: () => string) {
    this.#database = wrap(() => openSchema(path, makeEpoch))
  }

  /** All of what `write` does, or nothing. */
  transaction(write: () => void): void {
    wrap(() => {
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

  /** Returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return wrap(() => Number(this.#prepare(sql).run(...values).changes))
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return wrap(() => this.#prepare(sql).all(...values)) as Row[]
  }

  /** Row by row, as long as `take` wants more. */
  each(sql: string, values: readonly SQLInputValue[], take: (row: Row) => boolean): void {
    wrap(() => {
      for (const row of this.#prepare(sql).iterate(...values)) if (!take(row as Row)) break
    })
  }

  close(): void {
    this.#database.close()
  }

  #prepare(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

function wrap<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof StorageUnavailable) throw error
    throw new StorageUnavailable(`The event log can't be used: ${(error as Error).message}.`, { cause: error })
  }
}
