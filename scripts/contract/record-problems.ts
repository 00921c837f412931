import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { ErrorCode } from '../../src/gateway/errors.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Recorder } from './recorder.ts'

/** A request with this header causes an internal error. */
const faultHeader = 'x-contract-fault'

/** A cursor of an event log that no gateway has. */
export const foreignCursor = 'gVRbKQ.1'

const launchOf = (appId: string, headers: Record<string, string> = {}) =>
  ({ method: 'POST', url: '/sessions', headers, payload: { appId } }) as const

const asJson = { accept: 'application/json' }

/** Requests that are refused by any gateway. */
const refused = {
  'invalid-request': { method: 'POST', url: '/sessions', payload: { appid: 'demo.clock' } },
  forbidden: { url: '/sessions', headers: { origin: 'https://example.org' } },
  'session-not-found': { url: '/sessions/1000' },
  'app-not-found': launchOf('demo.clok'),
  'not-found': { url: '/problems/nonsense' },
  'method-not-allowed': { method: 'PUT', url: '/sessions' },
  'not-acceptable': { url: '/sessions', headers: { accept: 'image/png' } },
  'cursor-expired': { url: `/events?since=${foreignCursor}`, headers: asJson },
  'payload-too-large': launchOf('x'.repeat(70_000)),
  'unsupported-media-type': {
    method: 'POST',
    url: '/sessions',
    headers: { 'content-type': 'text/plain' },
    payload: 'demo.clock'
  },
  'host-not-allowed': { url: '/sessions', headers: { host: 'example.org' } },
  'launch-failed': launchOf('demo.crash', { prefer: 'wait=60' }),
  internal: { url: '/sessions', headers: { [faultHeader]: 'yes' } }
} as const satisfies Partial<Record<ErrorCode, InjectOptions>>

/** Makes requests with the header above fail with `internal`, which no other request does. */
export function plantFault(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', async ({ headers }) => {
    if (headers[faultHeader]) throw new Error('a fault, planted for the contract')
  })
}

/** Ends with a gateway that drains. */
export async function recordProblems(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  for (const [code, request] of Object.entries(refused)) {
    await recorder.problem(fastify, code as keyof typeof refused, request)
  }
  await recordIdempotency(fastify, recorder)
  await recordStorageUnavailable(fastify, recorder)
  await recordSupervisorUnavailable(fastify, recorder)
  const drained = fastify.gateway.launcher.end()
  await recorder.problem(fastify, 'draining', launchOf('demo.clock'))
  await drained
}

/** Needs a gateway with tokens, a limit of one session and a low rate limit. */
export async function recordLimits(
  fastify: FastifyInstance,
  recorder: Recorder,
  headers: { readonly authorization: string }
): Promise<void> {
  await recorder.problem(fastify, 'unauthorized', { url: '/sessions' })
  await fastify.inject(launchOf('demo.clock', headers))
  await recorder.problem(fastify, 'too-many-sessions', launchOf('demo.clock', headers))
  const request = { url: '/sessions', headers }
  while ((await fastify.inject(request)).statusCode !== 429);
  await recorder.problem(fastify, 'rate-limited', request)
}

async function recordIdempotency(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  const headers = { 'idempotency-key': '8e03978e-40d5', prefer: 'wait=60' }
  const first = fastify.inject(launchOf('demo.slow', headers))
  await becomesTrue(
    async () => (await fastify.inject('/sessions?appId=demo.slow&state=starting')).json().items.length > 0
  )
  await recorder.problem(fastify, 'idempotency-in-flight', launchOf('demo.slow', headers))
  await recorder.problem(fastify, 'idempotency-mismatch', launchOf('demo.clock', headers))
  await first
}

/** Another connection holds a transaction on the database. */
async function recordStorageUnavailable(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  const database = new DatabaseSync(fastify.gateway.stateFolder.database)
  try {
    database.exec('BEGIN IMMEDIATE')
    await recorder.problem(fastify, 'storage-unavailable', launchOf('demo.clock'))
  } finally {
    database.close()
  }
}

async function recordSupervisorUnavailable(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  process.kill(Number(fastify.supervisor.welcome?.pid), 'SIGKILL')
  await becomesTrue(async () => !fastify.supervisor.isUsable)
  await recorder.problem(fastify, 'supervisor-unavailable', launchOf('demo.clock'))
  await becomesTrue(async () => fastify.supervisor.isUsable)
}
