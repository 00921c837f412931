/** The requests that the document shows, by their names, each with its summary. */
export const requestExamples = { launch: 'An app of the catalogue' } as const

/** The answers of success that the document shows, by their names, each with its summary. */
export const answerExamples = {
  launchedSession: 'Just launched',
  stoppedSession: 'Stopped by a client',
  logLinePage: 'All that it wrote',
  eventPage: 'The first event of a session',
  app: 'An app of the demo catalogue'
} as const

/** The problems that it shows, by their codes. */
export const problemExamples = {
  'invalid-request': 'A member that is not known',
  'launch-failed': 'An app that ended before it was ready'
} as const

export type RequestExample = keyof typeof requestExamples
export type AnswerExample = keyof typeof answerExamples
export type ProblemExample = keyof typeof problemExamples
export type ExampleName = RequestExample | AnswerExample | ProblemExample

export const summaries: Readonly<Record<ExampleName, string>> = {
  ...requestExamples,
  ...answerExamples,
  ...problemExamples
}
