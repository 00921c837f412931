import { isStopped, type Session } from '../session/session.ts'
import type { Told } from '../session/update.ts'
import { isFailedLaunch } from './failed-launch.ts'
import type { Log } from './log.ts'
import type { DurableSessions } from './registry/durable-sessions.ts'

/** The members of a log line that identify the request that is being served. */
export type CurrentTrace = () => { readonly reqId: string; readonly traceId?: string } | undefined

export interface EventLines {
  readonly sessions: DurableSessions
  readonly log: Log
  readonly currentTrace?: CurrentTrace
}

/**
 * Writes a log line for each event, with the request that caused it and the trace that launched the session. The lines of
 * a transaction are made after its answers and events have been sent.
 */
export function logEvents({ sessions, log, currentTrace = () => undefined }: EventLines): void {
  /** Events without a request have the trace that launched the session. */
  const launchedBy = new Map<number, { readonly traceId: string }>()
  let waiting: { readonly level: 'debug' | 'info' | 'warn'; readonly members: object; readonly type: string }[] = []
  const write = () => {
    const lines = waiting
    waiting = []
    for (const { level, members, type } of lines) log[level](members, type)
  }
  sessions.subscribe(({ type, sessionId, appId }, session) => {
    const { traceId, ...request } = currentTrace() ?? {}
    if (type === 'Launched' && traceId) launchedBy.set(sessionId, { traceId })
    const trace = traceId ? { traceId } : launchedBy.get(sessionId)
    if (isStopped(session)) launchedBy.delete(sessionId)
    const stop = isStopped(session) ? session.stop : undefined
    const level = isFailedLaunch(session) ? 'warn' : type === 'Updated' ? 'debug' : 'info'
    if (waiting.length === 0) process.nextTick(write)
    const told = type === 'Updated' ? toldBy(session) : undefined
    waiting.push({
      level,
      type,
      members: { ...request, ...trace, sessionId, appId, ...runOf(session), ...told, ...stop }
    })
  })
}

/** The run that has ended or begins, if the app is restarted. */
function runOf(session: Session): object | undefined {
  if (session.state === 'restarting') return session.lastRun
  return session.state === 'starting' && session.run !== undefined ? { run: session.run } : undefined
}

function toldBy({ progress, health }: Session & Told): Told {
  return { ...(progress && { progress }), ...(health && { health }) }
}
