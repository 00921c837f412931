import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { StorageUnavailable } from '../errors.ts'
import type { Database } from './database.ts'
import { type FoundMark, findMark, HighWaterMark } from './high-water-mark.ts'

/** How many session ids are skipped if it is not known which were used. */
const skippedIds = 1_000_000

export interface Continuity {
  /** Why the event log got a new epoch at this start; absent if it kept the old one. */
  readonly newEpochBecause?: string
  readonly mark: HighWaterMark
}

/** A new name for an event log. */
export const newEpoch = () => randomBytes(4).toString('base64url').replace(/^-/, '_')

/**
 * Begins a run on a database: if it may lack events that clients have received, it gets a new epoch. See
 * docs/decisions/0009-epochs.md.
 * @throws {StorageUnavailable}; the database is closed then
 */
export function beginRun(database: Database, markPath: string): Continuity {
  try {
    return begin(database, markPath)
  } catch (error) {
    database.close()
    if (error instanceof StorageUnavailable) throw error
    throw new StorageUnavailable(`The event log can't be used: ${(error as Error).message}.`, { cause: error })
  }
}

function begin(database: Database, markPath: string): Continuity {
  const found = findMark(markPath)
  const meta = readMeta(database)
  const newEpochBecause = discontinuity(meta, found)
  const reservedId = lastUsedId(meta, found)
  const mark = new HighWaterMark(markPath, { seq: meta.head, reservedId })
  database.durableTransaction(() => {
    if (newEpochBecause !== undefined) setMeta(database, 'epoch', newEpoch())
    if (newEpochBecause !== undefined || isNew(meta)) skipIds(database, reservedId)
    setMeta(database, 'bootId', bootId())
    setMeta(database, 'marks', JSON.stringify([mark.identity, found?.identity]))
  })
  mark.publish()
  return { mark, ...(newEpochBecause !== undefined && { newEpochBecause }) }
}

/** Records that all data of this run is on the disk, so that a power failure from now on loses nothing. */
export function endRun(database: Database, markPath: string, mark: HighWaterMark): void {
  const { head } = readMeta(database)
  // A new mark: a copy made during this run has the old one.
  const last = new HighWaterMark(markPath, { seq: head, reservedId: mark.reservedId })
  database.durableTransaction(() => {
    database.run("DELETE FROM meta WHERE name = 'bootId'")
    setMeta(database, 'marks', JSON.stringify([last.identity, findMark(markPath)?.identity]))
  })
  last.publish()
  last.close()
}

interface Meta {
  /** The newest event. */
  readonly head: number
  readonly lastSessionId: number
  /** The boot id of the previous run, if that did not end cleanly. */
  readonly bootId: string | undefined
  /** The identities of the high-water marks that this database accepts; undefined in a new one. */
  readonly marks: readonly string[] | undefined
}

const isNew = ({ marks, head }: Meta) => !marks && head === 0

function readMeta(database: Database): Meta {
  const values = Object.fromEntries(
    database.all('SELECT name, value FROM meta').map(({ name, value }) => [name, value])
  )
  return {
    head: lastKey(database, 'events'),
    lastSessionId: lastKey(database, 'sessions'),
    bootId: values.bootId === undefined ? undefined : String(values.bootId),
    marks: values.marks === undefined ? undefined : JSON.parse(String(values.marks))
  }
}

function discontinuity(meta: Meta, found: FoundMark | undefined): string | undefined {
  // A database of 0.1.0, which had no mark, keeps its epoch.
  if (isNew(meta) || (!meta.marks && !found)) return undefined
  if (!found) return 'gateway.mark, which belongs to the database, is missing'
  if (!meta.marks?.includes(found.identity)) return 'the database or the state folder is a copy'
  if (meta.bootId !== undefined && meta.bootId !== bootId()) return 'the machine went down while the gateway ran'
  if (found.seq > meta.head) return 'the database is older than the state folder'
  return undefined
}

/** The highest session id that may have been used. */
function lastUsedId({ marks, lastSessionId }: Meta, found: FoundMark | undefined): number {
  const known = Math.max(lastSessionId, found?.reservedId ?? 0)
  const isKnown = !marks || (found && marks.includes(found.identity))
  return isKnown ? known : known + skippedIds
}

function skipIds(database: Database, lastId: number): void {
  const isThere = database.run("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'sessions'", lastId) > 0
  if (!isThere) database.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('sessions', ?)", lastId)
}

function setMeta(database: Database, name: string, value: string): void {
  database.run('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, value)
}

/** The highest key that a table has ever had. */
export function lastKey(database: Database, table: 'events' | 'sessions'): number {
  return Number(database.all('SELECT seq FROM sqlite_sequence WHERE name = ?', table)[0]?.seq ?? 0)
}

/** The boot id of the machine; if it can't be read, each run counts as another boot. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return runId
  }
}

const runId = randomUUID()
