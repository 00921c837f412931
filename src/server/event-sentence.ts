import { hasFailed } from '../session/failure.ts'
import type { Stop, StopReason } from '../session/session.ts'
import { toldText } from '../session/told-text.ts'
import type { EventType } from '../session/transition.ts'
import type { Told } from '../session/update.ts'

/** The log line of an event. */
export interface EventLine extends Partial<Stop>, Told {
  readonly level: number
  readonly time: number
  readonly msg: EventType
  readonly sessionId: number
  readonly appId: string
  /** The run that starts or, if it is restarted, that has ended. */
  readonly run?: number
}

/** What happened to a session, for people; undefined for a stop that begins, since its end tells all. */
export function eventSentence(line: EventLine): string | undefined {
  const name = `${line.appId} ${line.sessionId}`
  switch (line.msg) {
    case 'Launched':
      return `${name} is launched`
    case 'Starting':
      return line.run === undefined ? `${name} starts, after it was queued` : `${name} starts run ${line.run}`
    case 'AppReady':
      return `${name} is ready`
    case 'Updated':
      return `${name} is updated: ${toldText(line)}`
    case 'Restarting':
      return `${name} is restarted: run ${line.run} ended: ${runEnd(line)}`
    case 'Stopping':
      return undefined
    case 'Stopped':
      return `${name} ${end(line)}`
    default:
      return line.msg satisfies never
  }
}

const failures: Partial<Record<StopReason, string>> = {
  readyTimeout: 'it was not ready in time',
  readyMissed: 'it ended, or closed its output, before it was ready',
  spawnFailed: 'its program could not be started',
  startFailed: 'a command before its start failed',
  runtimeUnset: 'WEFT_RUNTIME_BIN is not set, and the catalogue does not have it'
}

/** Why the gateway ended a session that nobody asked it to end. */
const causes: Partial<Record<StopReason, string>> = {
  appFailed: 'the app said that it failed',
  unhealthy: 'it was not healthy',
  watchdog: 'it did not reset its watchdog in time',
  memoryLimit: 'it used more memory than its limit',
  processLimit: 'it had more processes than its limit',
  lifetime: 'its lifetime was over',
  leaseExpired: 'its lease was not renewed'
}

function runEnd(line: Partial<Stop>): string {
  const failure = line.reason && (failures[line.reason] ?? causes[line.reason])
  return [...(failure ? [failure] : []), ...exitOf(line)].join('; ')
}

function end(stop: Partial<Stop>): string {
  const { reason = 'exited', initiator, message, signalsSent = [] } = stop
  const failure = failures[reason]
  // The message says how it ended, if it did.
  if (failure) return `failed to start: ${[failure, ...(message ? [message] : exitOf(stop))].join('; ')}`
  const how = [...signalsSent, ...exitOf(stop)].join(', ')
  const cause = causes[reason]
  if (cause) {
    const verdict = hasFailed({ reason }) ? 'failed' : 'was stopped'
    return [`${verdict}: ${cause}`, ...(message ? [message] : []), ...(how ? [how] : [])].join('; ')
  }
  switch (reason) {
    case 'exited':
      return `ended by itself: ${how}`
    case 'completed':
      return `is done: ${how}`
    case 'gatewayStopped':
      return `was stopped with the gateway: ${how}`
    case 'supervisorLost':
      return 'was killed, since the supervisor was lost'
    default:
      return `was stopped by ${initiator === 'client' ? 'a client' : 'the gateway'}: ${how}`
  }
}

function exitOf({ exitCode, signal }: Partial<Stop>): string[] {
  if (signal) return [`ended by ${signal}`]
  return exitCode === undefined ? [] : [`exit code ${exitCode}`]
}
