import type { ReadinessCheck } from './check.ts'
import type { Written } from './written.ts'

export interface FailedStart {
  readonly type: 'missed' | 'timeout'
  /** How it ended, as a clause. */
  readonly message: string
}

interface Seen {
  readonly check: ReadinessCheck
  readonly written: Written
  /** Why a line that looked like readiness did not count. */
  readonly fault: string | undefined
  /** Where it listens instead. */
  readonly place: string | undefined
}

const bufferingHint = 'programs that buffer when stdout is no terminal need tty = true, -u or stdbuf -oL'

/** What was awaited, what was seen last, and what can be done: the message of a failed start. */
export function explain({ type, message }: FailedStart, { check, written, fault, place }: Seen): string {
  const seen = check.lastSeen?.()
  const isSilent = type === 'timeout' && check.streams.length > 0 && written.isNothing
  const clauses = [
    type === 'timeout' ? `${message} for ${check.awaited}` : `${message}; the gateway waited for ${check.awaited}`,
    ...(seen ? [seen] : []),
    ...(place ? [place] : []),
    ...written.clauses,
    ...(isSilent ? [bufferingHint] : []),
    ...(fault ? [fault] : [])
  ]
  return clauses.join('; ')
}
