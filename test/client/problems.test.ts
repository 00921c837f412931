import t from 'tap'
import {
  errorCodes,
  GatewayClient,
  GatewayError,
  GatewayProblem,
  LaunchFailed
} from '../../clients/typescript/src/client.ts'
import { problems } from '../../src/http/problems.ts'

/** Codes of failures that can pass: a call is tried again after them. */
const passing = [
  ...['idempotency-in-flight', 'too-many-sessions', 'rate-limited'],
  ...['draining', 'supervisor-unavailable', 'storage-unavailable']
]

/** The error of a launch that can be tried again once, and how often it was sent. */
async function errorOf(problem: {
  readonly code: string
  readonly status: number
  readonly [member: string]: unknown
}) {
  let sent = 0
  const fetch: typeof globalThis.fetch = async () => {
    sent++
    const headers = { 'content-type': 'application/problem+json', 'x-request-id': 'r1' }
    return new Response(JSON.stringify({ title: 'Title', detail: 'detail', ...problem }), {
      status: problem.status,
      headers
    })
  }
  const launch = new GatewayClient({ fetch, maxRetries: 1 }).launch({ appId: 'app' })
  const error: unknown = await launch.catch(reason => reason)
  return { error, sent }
}

const codes = [
  ...Object.entries(problems).map(([code, { status }]) => ({ code, status })),
  { code: 'of-tomorrow', status: 418 }
]

for (const { code, status } of codes.filter(({ code }) => code !== 'launch-failed')) {
  t.test(`${code} is a GatewayProblem, ${passing.includes(code) ? '' : 'not '}tried again`, async t => {
    const { error, sent } = await errorOf({ code, status, retryAfterMs: 1 })
    t.type(error, GatewayProblem)
    t.type(error, GatewayError)
    t.match(error, { name: 'GatewayProblem', code, status, requestId: 'r1', retryAfterMs: 1, message: 'Title: detail' })
    t.equal(sent, passing.includes(code) ? 2 : 1)
  })
}

t.test('launch-failed is a LaunchFailed with its session, not tried again', async t => {
  const session = {
    id: 1,
    appId: 'app',
    state: 'stopped',
    stop: { reason: 'readyMissed', message: 'it exited with code 3' }
  }
  const { error, sent } = await errorOf({ code: 'launch-failed', status: 502, session, logTail: ['sorry'] })
  t.type(error, LaunchFailed)
  t.match(error, { name: 'LaunchFailed', session, logTail: ['sorry'], requestId: 'r1' })
  t.equal(sent, 1)
})

t.test('no code is left out', async t => t.same([...errorCodes].sort(), Object.keys(problems).sort()))
