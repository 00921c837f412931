import type { Session } from '../../../clients/typescript/src/client.ts'
import { sayingText, stateFormat, stateWord, stopText } from '../session-words.ts'
import { plainText } from '../terminal/app-text.ts'
import { shortDuration } from '../terminal/duration.ts'
import { paint } from '../terminal/style.ts'
import { type Column, table } from '../terminal/table.ts'

const maxTextLength = 100

const columns: readonly Column<Session>[] = [
  { title: 'ID', cell: ({ id }) => String(id), alignment: 'right', paint: text => paint('bold', text) },
  { title: 'APP', cell: ({ appId }) => appId, canShrink: true },
  { title: 'STATE', cell: stateAndHealth, paint: (text, session) => paint(stateFormat(session), text) },
  { title: 'AGE', cell: ({ createdAt }) => shortDuration(Date.now() - Date.parse(createdAt)), alignment: 'right' },
  { title: 'PORT', cell: session => whileItLives(session, 'port'), alignment: 'right' },
  { title: 'PID', cell: session => whileItLives(session, 'pid'), alignment: 'right' },
  { title: 'EXPIRES', cell: expiryText },
  { title: 'SAYS', cell: session => shortened(sayingText(session)), canShrink: true },
  { title: 'ENDED', cell: session => (session.stop ? shortened(stopText(session)) : ''), canShrink: true },
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

/** `show` has the whole text. */
function shortened(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text
}

/** A session that runs and is unhealthy is told so. */
function stateAndHealth(session: Session): string {
  const isUnhealthy = session.state === 'running' && session.health?.status === 'unhealthy'
  return isUnhealthy ? 'unhealthy' : stateWord(session)
}

/** `in 59m, lease` */
function expiryText({ expiresAt }: Session): string {
  if (!expiresAt) return ''
  const leftMs = Math.max(0, Date.parse(expiresAt.at) - Date.now())
  return `in ${shortDuration(leftMs)}, ${plainText(expiresAt.why)}`
}

/** The port and the pid of a stopped session can be those of another by now. */
function whileItLives(session: Session, name: 'port' | 'pid'): string {
  return session.state === 'stopped' ? '' : String(session[name] ?? '')
}
