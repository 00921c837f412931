import type { ErrorCode } from '../../src/gateway/errors.ts'

/** The requests that the document shows, by their names, each with its summary; in this order. */
export const requestExamples = {
  launch: 'An app of the catalogue',
  launchWithLabels: 'With labels and a variable for the app'
} as const

/** The answers of success that the document shows, by their names, each with its summary; in this order. */
export const answerExamples = {
  launchedSession: 'Just launched',
  queuedSession: 'Queued, since as many sessions are starting as may at the same time',
  readySession: 'With `Prefer: wait`, once it is ready',
  sessionPage: 'A page with one session',
  runningSession: 'Running',
  stoppedSession: 'Stopped by a client',
  sessionReady: 'Ready',
  sessionStopped: 'Stopped',
  stoppingSession: 'Being stopped',
  stoppedAlready: 'Stopped before',
  logText: 'As the app wrote it',
  logLines: 'With times and streams',
  logStream: 'As server-sent events',
  eventPage: 'The first two events of a session',
  eventLines: 'A launch, as it happens',
  eventStream: 'Resumed from a cursor',
  appList: 'The demo catalogue',
  app: 'One of its apps',
  alive: 'The gateway runs',
  ready: 'The gateway can launch',
  metrics: 'One of the metrics',
  problemPage: 'The page of `session-not-found`',
  openapiYaml: 'The first line',
  openapiJson: 'The version of OpenAPI',
  asyncapiYaml: 'The first line'
} as const

export type RequestExample = keyof typeof requestExamples
export type AnswerExample = keyof typeof answerExamples
/** Problems are shown by their codes. */
export type ExampleName = RequestExample | AnswerExample | ErrorCode
