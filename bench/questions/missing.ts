import type { Connection } from '../load/connection.ts'

/* An app whose program is missing: a launch of it has two events, Launched and Stopped, and no process. */

export const missing = ['/nonexistent']

/** The same request makes the bare `ws` server send one message. */
export async function launchMissing(connection: Connection): Promise<void> {
  await connection.expect(201, 'POST', '/sessions', '{"appId":"missing"}')
}

/** As long as such an event is. */
export const exampleEvent = JSON.stringify({
  id: 'q3ZkAw.100042',
  seq: 100_042,
  type: 'Stopped',
  time: '2026-11-22T18:00:00.000Z',
  session: {
    id: 50_021,
    appId: 'missing',
    state: 'stopped',
    labels: {},
    createdAt: '2026-11-22T18:00:00.000Z',
    stoppedAt: '2026-11-22T18:00:00.000Z',
    stop: {
      reason: 'spawnFailed',
      initiator: 'gateway',
      message: '/nonexistent: no such file',
      signalsSent: [],
      survivors: 0
    }
  }
})
