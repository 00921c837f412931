import type { Session } from '../../client/client.ts'
import { readyAfterMs, stateFormat, stateWord, stopText } from '../session-words.ts'
import { plainText } from '../terminal/app-text.ts'
import { durationText, shortDuration } from '../terminal/duration.ts'
import { paint } from '../terminal/style.ts'
import { type Column, table } from '../terminal/table.ts'

const columns: readonly Column<Session>[] = [
  { title: 'ID', cell: ({ id }) => String(id), alignment: 'right', paint: text => paint('bold', text) },
  { title: 'APP', cell: ({ appId }) => appId, canShrink: true },
  { title: 'STATE', cell: stateWord, paint: (text, session) => paint(stateFormat(session), text) },
  { title: 'AGE', cell: ({ createdAt }) => shortDuration(Date.now() - Date.parse(createdAt)), alignment: 'right' },
  { title: 'READY IN', cell: readyIn, alignment: 'right' },
  { title: 'PORT', cell: ({ port }) => String(port ?? ''), alignment: 'right' },
  { title: 'PID', cell: ({ pid, state }) => (state === 'stopped' ? '' : String(pid ?? '')), alignment: 'right' },
  { title: 'ENDED', cell: session => (session.stop ? stopText(session) : ''), canShrink: true },
  { title: 'LABELS', cell: labelsText, canShrink: true, paint: text => paint('dim', text) }
]

export function sessionTable(sessions: readonly Session[], width: number): string[] {
  return table(columns, sessions, width)
}

export function labelsText({ labels }: Session): string {
  return plainText(
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')
  )
}

function readyIn(session: Session): string {
  const readyMs = readyAfterMs(session)
  return readyMs === undefined ? '' : durationText(readyMs)
}
