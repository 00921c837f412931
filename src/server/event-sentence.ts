import type { Stop, StopReason } from '../session/session.ts'
import type { EventType } from '../session/transition.ts'

/** The log line of an event. */
export interface EventLine extends Partial<Stop> {
  readonly level: number
  readonly time: number
  readonly msg: EventType
  readonly sessionId: number
  readonly appId: string
}

/** What happened to a session, for people; undefined for a stop that begins, since its end tells all. */
export function eventSentence(line: EventLine): string | undefined {
  const name = `${line.appId} ${line.sessionId}`
  switch (line.msg) {
    case 'Launched':
      return `${name} is launched`
    case 'Starting':
      return `${name} starts, after it was queued`
    case 'AppReady':
      return `${name} is ready`
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
  runtimeUnset: 'WEFT_RUNTIME_BIN is not set, and the catalogue does not have it'
}

function end(stop: Partial<Stop>): string {
  const { reason = 'exited', initiator, message, signalsSent = [] } = stop
  const failure = failures[reason]
  // The message says how it ended, if it did.
  if (failure) return `failed to start: ${[failure, ...(message ? [message] : exitOf(stop))].join('; ')}`
  const how = [...signalsSent, ...exitOf(stop)].join(', ')
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
