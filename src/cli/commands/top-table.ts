import type { Session } from '../../../clients/typescript/src/client.ts'
import { readyAfterMs, stateFormat, stateWord } from '../session-words.ts'
import { bytesText } from '../terminal/bytes.ts'
import { durationText, shortDuration } from '../terminal/duration.ts'
import { paint } from '../terminal/style.ts'
import { type Column, table } from '../terminal/table.ts'
import type { Usage } from '../usage/session-usage.ts'
import { labelsText } from './session-table.ts'

export interface Row {
  readonly session: Session
  /** Undefined if the session is not on this machine. */
  readonly usage: Usage | undefined
}

interface SortKey {
  /** Pressed on a terminal. */
  readonly key: string
  readonly says: string
  readonly compare: (a: Row, b: Row) => number
}

/** What comes first in each order. */
export const sortKeys = {
  cpu: { key: 'c', says: 'CPU', compare: descending(({ usage }) => usage?.cpuPercent) },
  memory: { key: 'm', says: 'memory', compare: descending(({ usage }) => usage?.memoryBytes) },
  ready: { key: 'r', says: 'time to ready', compare: descending(({ session }) => readyAfterMs(session)) },
  age: { key: 'a', says: 'age', compare: descending(({ session }) => -Date.parse(session.createdAt)) },
  app: { key: 'p', says: 'app', compare: byApp },
  id: { key: 'i', says: 'id', compare: byId }
} as const satisfies Record<string, SortKey>

export type SortName = keyof typeof sortKeys

export const sortNames = Object.keys(sortKeys) as SortName[]

/** Rows that are alike are in the order of their ids. */
export function sorted(rows: readonly Row[], name: SortName): Row[] {
  const { compare } = sortKeys[name]
  return rows.toSorted((a, b) => compare(a, b) || byId(a, b))
}

const columns: readonly Column<Row>[] = [
  { title: 'ID', cell: ({ session }) => String(session.id), alignment: 'right', paint: text => paint('bold', text) },
  { title: 'APP', cell: ({ session }) => session.appId, canShrink: true },
  {
    title: 'STATE',
    cell: ({ session }) => stateWord(session),
    paint: (text, { session }) => paint(stateFormat(session), text)
  },
  {
    title: 'AGE',
    cell: ({ session }) => shortDuration(Date.now() - Date.parse(session.createdAt)),
    alignment: 'right'
  },
  { title: 'READY IN', cell: ({ session }) => readyText(session), alignment: 'right' },
  { title: 'CPU%', cell: ({ usage }) => usage?.cpuPercent?.toFixed(1) ?? '', alignment: 'right' },
  { title: 'MEMORY', cell: ({ usage }) => (usage ? bytesText(usage.memoryBytes) : ''), alignment: 'right' },
  { title: 'PROCS', cell: ({ usage }) => String(usage?.processes ?? ''), alignment: 'right' },
  { title: 'PID', cell: ({ session }) => String(session.pid ?? ''), alignment: 'right' },
  { title: 'LABELS', cell: ({ session }) => labelsText(session), canShrink: true, paint: text => paint('dim', text) }
]

export function topTable(rows: readonly Row[], width: number): string[] {
  return rows.length > 0 ? table(columns, rows, width) : []
}

function readyText(session: Session): string {
  const readyMs = readyAfterMs(session)
  return readyMs === undefined ? '' : durationText(readyMs)
}

/** What is not known comes last. */
function descending(value: (row: Row) => number | undefined): (a: Row, b: Row) => number {
  const known = (row: Row) => value(row) ?? -Number.MAX_VALUE
  return (a, b) => known(b) - known(a)
}

function byApp({ session: a }: Row, { session: b }: Row): number {
  return a.appId === b.appId ? 0 : a.appId < b.appId ? -1 : 1
}

function byId(a: Row, b: Row): number {
  return a.session.id - b.session.id
}
