import { type ErrorCode, errorCodes } from '../../src/gateway/errors.ts'
import { problems } from '../../src/http/problems.ts'
import type {
  QueuedSession,
  RunningSession,
  Session,
  StartingSession,
  StoppedSession,
  StoppingSession
} from '../../src/session/session.ts'
import type { EventType } from '../../src/session/transition.ts'
import type { StreamMessage } from './asyncapi.ts'

export interface Example {
  readonly summary: string
  readonly value: unknown
}

const identity = { id: 7, appId: 'demo.clock', labels: { team: 'a' } }
const times = { createdAt: '2026-11-22T18:00:00.000Z', readyAt: '2026-11-22T18:00:00.043Z' }

const starting: StartingSession = { ...identity, state: 'starting', createdAt: times.createdAt }
const running: RunningSession = { ...identity, state: 'running', ...times, pid: 15150, ready: { greeting: 'tick' } }
const since = '2026-11-22T18:01:00.000Z'
const stopping: StoppingSession = {
  ...running,
  state: 'stopping',
  stopping: { reason: 'terminated', initiator: 'client', since }
}
const stopped: StoppedSession = {
  ...running,
  state: 'stopped',
  stoppedAt: '2026-11-22T18:01:00.016Z',
  stop: {
    ...{ reason: 'terminated', initiator: 'client', since },
    ...{ signal: 'SIGTERM', signalsSent: ['SIGTERM'], survivors: 0 }
  }
}
const queued: QueuedSession = { ...identity, id: 8, state: 'queued', createdAt: '2026-11-22T18:00:00.010Z' }
const begun: StartingSession = { ...queued, state: 'starting', startedAt: '2026-11-22T18:00:00.044Z' }
const failed: StoppedSession = {
  ...starting,
  appId: 'demo.crash',
  state: 'stopped',
  pid: 15151,
  stoppedAt: '2026-11-22T18:00:00.060Z',
  stop: { reason: 'readyMissed', initiator: 'app', exitCode: 3, signalsSent: [], survivors: 0 }
}

const event = (seq: number, type: EventType, time: string, session: Session) => ({
  id: `q3Zk.${seq}`,
  seq,
  type,
  time,
  session
})
const launched = event(41, 'Launched', times.createdAt, starting)
const appReady = event(42, 'AppReady', times.readyAt, running)
const eventsOfSession = [
  launched,
  event(43, 'Starting', '2026-11-22T18:00:00.044Z', begun),
  appReady,
  event(44, 'Stopping', since, stopping),
  event(45, 'Stopped', stopped.stoppedAt, stopped)
]
const hello = {
  type: 'Hello',
  epoch: 'q3Zk',
  seq: 40,
  serverId: '2a120fa4-45c7-459a-90aa-030637553993',
  heartbeatMs: 0
}

const snapshot = { type: 'Snapshot', sessions: [running] }
const controls = [hello, snapshot, { type: 'Gap' }, { type: 'Closed', code: 1013, reason: 'resume with since' }]

const line = { seq: 1, time: times.readyAt, stream: 'stdout', line: 'READY {"greeting":"tick"}' }
const app = { id: 'demo.clock', title: 'Clock', description: 'Ready at once.', clientEnv: ['GREETING'] }

const lines = (...messages: readonly object[]) => messages.map(message => `${JSON.stringify(message)}\n`).join('')

const values: Readonly<Record<string, Example>> = {
  launch: { summary: 'An app of the catalogue', value: { appId: 'demo.clock' } },
  launchWithLabels: {
    summary: 'With labels and a variable',
    value: { appId: 'demo.clock', labels: { team: 'a' }, env: { GREETING: 'tick' } }
  },
  queuedSession: { summary: 'Waiting for its turn', value: queued },
  startingSession: { summary: 'Just launched', value: starting },
  runningSession: { summary: 'Ready', value: running },
  stoppingSession: { summary: 'Being stopped', value: stopping },
  stoppedSession: { summary: 'Stopped by a client', value: stopped },
  sessionPage: { summary: 'A page', value: { items: [running], nextCursor: 'q3Zk.7', eventCursor: 'q3Zk.42' } },
  history: { summary: 'A launch', value: { items: [launched, appReady], cursor: 'q3Zk.42' } },
  eventLines: {
    summary: 'A launch, as it happens',
    value: lines(hello, { type: 'Snapshot', sessions: [] }, launched, appReady)
  },
  eventStream: {
    summary: 'Resumed after a break',
    value: `event: Hello\ndata: ${lines(hello)}\nid: q3Zk.42\nevent: AppReady\ndata: ${lines(appReady)}\n`
  },
  logText: { summary: 'As the app wrote it', value: `${line.line}\n` },
  logLines: { summary: 'With time and stream', value: lines(line) },
  logStream: { summary: 'For an EventSource', value: `id: 1\nevent: line\ndata: ${lines(line)}\n` },
  catalogue: { summary: 'One app', value: { items: [app] } },
  app: { summary: 'The clock', value: app },
  healthy: { summary: 'All is well', value: { status: 'ok' } },
  metrics: { summary: 'The beginning', value: '# TYPE weft_sessions gauge\nweft_sessions{state="running"} 1\n' },
  problemPage: {
    summary: 'A page',
    value: 'Session not found (session-not-found, HTTP 404)\n\nNo session has this id.\n'
  },
  openapiYaml: { summary: 'The beginning', value: 'openapi: 3.1.0\n' },
  asyncapiYaml: { summary: 'The beginning', value: 'asyncapi: 3.0.0\n' },
  openapiJson: { summary: 'The beginning', value: { openapi: '3.1.0' } }
}

/** What a problem says of one case; where it is not here, what its code means. */
const details: Partial<Record<ErrorCode, { readonly detail: string; readonly [member: string]: unknown }>> = {
  'invalid-request': {
    detail: '/body/appid is not known',
    errors: [{ pointer: '/body/appid', detail: 'is not known' }]
  },
  unauthorized: { detail: 'This gateway asks for a token.' },
  forbidden: { detail: 'Pages of https://example.org may not use this gateway; see server.allowedOrigins.' },
  'session-not-found': { detail: 'There is no session 7.' },
  'app-not-found': { detail: "There is no app 'demo.clok' in the catalogue." },
  'not-found': { detail: 'Nothing is served at /problems/nonsense.' },
  'method-not-allowed': { detail: 'PUT is not possible here; GET, HEAD, POST are.' },
  'not-acceptable': { detail: 'This comes as application/json only.' },
  'idempotency-in-flight': { detail: 'The launch with the key 8e03978e-40d5 is being answered.', retryAfterMs: 1000 },
  'idempotency-mismatch': {
    detail: 'The key 8e03978e-40d5 was used for another launch; a new launch needs a new key.'
  },
  'cursor-expired': {
    detail:
      'The events after q3Zk.1 are not in this event log (any more). Read GET /sessions and go on from its eventCursor.'
  },
  'payload-too-large': { detail: 'The body is too large.' },
  'unsupported-media-type': { detail: 'The body must be application/json.' },
  'host-not-allowed': {
    detail: 'This gateway does not answer for the host "example.org"; see server.allowedHosts.'
  },
  'too-many-sessions': { detail: 'The limit is reached: limits.maxSessions = 1000.', retryAfterMs: 1000 },
  'rate-limited': { detail: 'There were too many requests in the last minute.', retryAfterMs: 12_000 },
  internal: { detail: 'Something went wrong inside the gateway; its log says what.' },
  'launch-failed': {
    detail: "Session 7 of 'demo.crash' ended before it was ready: readyMissed",
    session: failed,
    logTail: ['no database at db.example:5432']
  },
  draining: { detail: 'The gateway is shutting down and launches nothing any more.' },
  'supervisor-unavailable': {
    detail: 'The supervisor is being restarted; try again in a moment.',
    retryAfterMs: 1000
  },
  'storage-unavailable': { detail: 'The event log can’t be written.', retryAfterMs: 1000 }
}

const ofProblems = errorCodes.map(code => {
  const { status, title, meaning } = problems[code]
  const members = details[code] ?? { detail: meaning }
  const value = { type: `/problems/${code}`, code, title, status, instance: '/sessions', ...members }
  return [code, { summary: title, value }] as const
})

/** Examples of the contract, by the names that the schemas of the routes use. */
export const examples: Readonly<Record<string, Example>> = { ...values, ...Object.fromEntries(ofProblems) }

const toMessage = (example: { readonly type: string }): StreamMessage => ({ type: example.type, example })

/** All that a stream of events can send. */
export const streamMessages = { controls: controls.map(toMessage), events: eventsOfSession.map(toMessage) }
