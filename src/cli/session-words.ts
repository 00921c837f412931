import type { Session } from '../../clients/typescript/src/client.ts'
import { hasFailed as hasFailedBy } from '../session/failure.ts'
import { toldText } from '../session/told-text.ts'
import { plainText } from './terminal/app-text.ts'
import { durationText } from './terminal/duration.ts'
import type { Format } from './terminal/style.ts'

type Stop = NonNullable<Session['stop']>
type Cause = Pick<Stop, 'reason' | 'initiator'>

const causes: Readonly<Record<string, string>> = {
  exited: 'the app exited',
  completed: 'the job is done',
  terminated: 'it was stopped',
  readyTimeout: 'it was not ready in time',
  readyMissed: 'it ended before it was ready',
  spawnFailed: 'it could not be started',
  startFailed: 'a command before its start failed',
  runtimeUnset: 'no runtime runs this app',
  appFailed: 'the app said that it failed',
  unhealthy: 'it was not healthy',
  watchdog: 'it did not reset its watchdog in time',
  memoryLimit: 'it used more memory than its limit',
  processLimit: 'it had more processes than its limit',
  lifetime: 'its lifetime was over',
  leaseExpired: 'its lease was not renewed',
  gatewayStopped: 'the gateway stopped',
  supervisorLost: 'its supervisor was lost'
}

/** `session 12 of demo.web is running: ready after 0.42 s, port 40123, pid 4711` */
export function sessionSentence(session: Session): string {
  return `session ${session.id} of ${session.appId} ${sessionPredicate(session)}`
}

/** What a session does, or how it ended: `stopped after 12 s: a client asked, SIGTERM, exit 0`. */
export function sessionPredicate(session: Session, now = Date.now()): string {
  const ageMs = now - startMs(session)
  switch (session.state) {
    case 'queued':
      return ageMs < 1_000 ? 'is queued' : `has been queued for ${durationText(ageMs)}`
    case 'starting':
      return `${ageMs < 1_000 ? 'is starting' : `has been starting for ${durationText(ageMs)}`}${told(session)}`
    case 'running':
      return `is running: ${runningText(session)}`
    case 'restarting':
      return restartText(session)
    case 'stopping':
      return `is stopping${session.stopping ? `: ${causeText(session.stopping)}` : ''}`
    case 'stopped':
      return `stopped after ${durationText(Date.parse(session.stoppedAt ?? session.createdAt) - startMs(session))}: ${stopText(session)}`
    default:
      // A state of a newer gateway.
      return `is ${session.state}`
  }
}

/** `a client asked, SIGTERM, exit 0` */
export function stopText({ stop }: Session): string {
  if (!stop) return 'nobody knows why'
  const { signalsSent, exitCode, signal, message } = stop
  const end = exitCode === undefined ? signal && `ended by ${signal}` : `exit ${exitCode}`
  const why = message && plainText(message)
  const parts = hasOwnWords(stop)
    ? [causeText(stop), why, ...signalsSent, end && isNews(stop) && end]
    : [causeText(stop), ...signalsSent, end ? isNews(stop) && end : why]
  return parts.filter(part => typeof part === 'string' && part !== '').join(', ')
}

/** Is the message what the app, its checks or its limits told, rather than how it exited? */
function hasOwnWords({ reason }: Stop): boolean {
  return ['appFailed', 'unhealthy', 'watchdog', 'memoryLimit', 'processLimit'].includes(reason)
}

/** That a signal that was sent has ended it needs no word. */
function isNews({ signal, signalsSent }: Stop): boolean {
  return signal === undefined || signalsSent.at(-1) !== signal
}

function causeText({ reason, initiator }: Cause): string {
  return reason === 'terminated' && initiator === 'client' ? 'a client asked' : (causes[reason] ?? reason)
}

/** `is restarting: run 2 exited (exit 1), attempt 2 of 5` */
function restartText({ restart, lastRun }: Session): string {
  if (!restart || !lastRun) return 'is restarting'
  const { run, reason, exitCode, signal } = lastRun
  const end = exitCode === undefined ? signal && `ended by ${signal}` : `exit ${exitCode}`
  const attempt = `restart ${restart.attempt}${restart.of === undefined ? '' : ` of ${restart.of}`}`
  return `is restarting: ${[`run ${run}: ${causes[reason] ?? reason}`, end, attempt].filter(Boolean).join(', ')}`
}

function runningText(session: Session): string {
  const readyMs = readyAfterMs(session)
  const facts = [
    readyMs !== undefined && `ready after ${durationText(readyMs)}`,
    session.port !== undefined && `port ${session.port}`,
    session.pid !== undefined && `pid ${session.pid}`,
    session.run !== undefined && session.run > 1 && `run ${session.run}`,
    sayingText(session) || false
  ]
  return facts.filter(fact => fact !== false).join(', ')
}

/** `: 40 % compiling` */
function told(session: Session): string {
  const text = sayingText(session)
  return text && `: ${text}`
}

/** What a session that lives tells of itself; empty if it tells nothing. */
export function sayingText(session: Session): string {
  return session.state === 'stopped' ? '' : plainText(toldText(session))
}

/** How long the app took from its start until it was ready, in milliseconds. */
export function readyAfterMs({ readyAt, startedAt, createdAt }: Session): number | undefined {
  return readyAt === undefined ? undefined : Date.parse(readyAt) - Date.parse(startedAt ?? createdAt)
}

function startMs({ startedAt, createdAt }: Session): number {
  return Date.parse(startedAt ?? createdAt)
}

export function hasFailed({ stop }: Session): boolean {
  return stop !== undefined && hasFailedBy(stop)
}

/** The state in one word; of stopped sessions those that failed are told apart. */
export function stateWord(session: Session): string {
  return hasFailed(session) ? 'failed' : session.state
}

export function stateFormat(session: Session): Format | undefined {
  switch (session.state) {
    case 'running':
      return 'green'
    case 'queued':
    case 'starting':
      return 'cyan'
    case 'restarting':
    case 'stopping':
      return 'yellow'
    case 'stopped':
      return hasFailed(session) ? 'red' : 'dim'
    default:
      return undefined
  }
}
