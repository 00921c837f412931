import type { StderrLine } from '../../protocol/reports.ts'
import type { Session } from '../../session/session.ts'
import { isFailedLaunch } from '../failed-launch.ts'
import type { Log } from '../log.ts'
import { printable } from '../logs/printable.ts'
import type { DurableSessions } from '../registry/durable-sessions.ts'

export type LogApps = 'none' | 'failures' | 'all'

export interface AppStderrOptions {
  readonly logApps: LogApps
  readonly sessions: DurableSessions
  readonly log: Log
}

/** How many lines of a start are kept until it is known whether it failed. */
const maxKept = 20

type Line = Pick<StderrLine, 'line' | 'omitted'>

/** Writes stderr of apps into the gateway's own log: all of it, or that of starts that failed, which says why. */
export class AppStderr {
  readonly #logApps: LogApps
  readonly #log: Log
  /** By the ids of sessions that start. */
  readonly #kept = new Map<number, Line[]>()

  constructor({ logApps, sessions, log }: AppStderrOptions) {
    this.#logApps = logApps
    this.#log = log
    if (logApps !== 'failures') return
    sessions.subscribe((_event, session) => this.#changed(session))
  }

  take(line: StderrLine, session: Session): void {
    switch (this.#logApps) {
      case 'none':
        break
      case 'failures':
        this.#keep(line, session)
        break
      case 'all':
        this.#write(line, session)
        break
      default:
        this.#logApps satisfies never
    }
  }

  #keep(line: Line, session: Session): void {
    if (isReady(session)) return
    const lines = this.#kept.get(session.id) ?? []
    this.#kept.set(session.id, [...lines.slice(1 - maxKept), line])
  }

  #changed(session: Session): void {
    const lines = this.#kept.get(session.id)
    if (!lines) return
    if (isFailedLaunch(session)) for (const line of lines) this.#write(line, session)
    if (session.state === 'stopped' || isReady(session)) this.#kept.delete(session.id)
  }

  #write({ line, omitted }: Line, { id: sessionId, appId }: Session): void {
    this.#log.warn({ sessionId, appId, stream: 'stderr', ...(omitted && { omitted }) }, printable(line))
  }
}

function isReady(session: Session): boolean {
  return 'readyAt' in session && session.readyAt !== undefined
}
