import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Database } from './database.ts'
import { type FoundMark, findMark, HighWaterMark } from './high-water-mark.ts'

/** Where it can't be known which session ids were used, so many are left out. */
const skippedIds = 1_000_000

export interface Continuity {
  /** Why the event log has a new epoch since this start; absent if it goes on under the old one. */
  readonly newEpochBecause?: string
  readonly mark: HighWaterMark
}

/** Names the event log as its clients know it. */
export const newEpoch = () => randomBytes(4).toString('base64url').replace(/^-/, '_')

/**
 * Begins a run on a database: finds out whether it holds all that clients were told, and gives it a new epoch if not. See
 * docs/decisions/0009-epochs.md.
 */
export function beginRun(database: Database, markPath: string): Continuity {
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

/** Says that all is written: whatever befalls the machine from here on, nothing of this run is lost. */
export function endRun(database: Database, markPath: string, mark: HighWaterMark): void {
  const { head } = readMeta(database)
  // A copy made during this run has another one.
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
  /** Of the run before, where it has not ended by itself. */
  readonly bootId: string | undefined
  /** Of the high-water marks that this database may have beside it; undefined in a new one. */
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
  // One of a version that kept no mark goes on.
  if (isNew(meta) || (!meta.marks && !found)) return undefined
  if (!found) return 'gateway.mark, which belongs to the database, is missing'
  if (!meta.marks?.includes(found.identity)) return 'the database or the state folder is a copy'
  if (meta.bootId !== undefined && meta.bootId !== bootId()) return 'the machine went down while the gateway ran'
  if (found.seq > meta.head) return 'the database is older than the state folder'
  return undefined
}

/** No id up to this one is used again if anything may be lost. */
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

/** Another one after each start of the machine. Where there is none to be had, each run counts as one. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return runId
  }
}

const runId = randomUUID()
