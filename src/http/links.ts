const sessionId = { id: '$response.body#/id' }

/** Which values of an answer the next request takes, by its operation. */
export const links = {
  getSession: sessionId,
  waitForSession: sessionId,
  stopSession: sessionId,
  listLogLines: sessionId,
  listSessions: { cursor: '$response.body#/nextCursor' },
  listEvents: { since: '$response.body#/cursor' }
} as const

export type LinkedOperation = keyof typeof links

/** For the schema of an operation: the operations that its answer of success leads to. */
export function leadsTo(...operations: readonly LinkedOperation[]): object {
  return { 'x-leads-to': operations }
}
