import type { FastifyInstance } from 'fastify'
import { becomesTrue } from './becomes-true.ts'
import { follow } from './follow.ts'
import type { Recorder } from './recorder.ts'

const launchBody = { appId: 'demo.clock' }
const labelledBody = { appId: 'demo.clock', labels: { team: 'a' }, env: { GREETING: 'tick' } }
const slowBody = { appId: 'demo.slow', env: { SECONDS: '1' } }

const asJson = { accept: 'application/json' }
const asLines = { accept: 'application/x-ndjson' }
const asEvents = { accept: 'text/event-stream' }

/** What the document shows of sessions: one is launched, becomes ready, writes, is stopped. */
export async function recordSessions(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  recorder.request('launch', launchBody)
  recorder.request('launchWithLabels', labelledBody)
  await recordLaunch(fastify, recorder)
  const { cursor } = (
    await recorder.answer(fastify, 'eventPage', { url: '/events?sessionId=1&limit=2', headers: asJson })
  ).json()
  await recorder.answer(fastify, 'readySession', post(launchBody))
  await recorder.answer(fastify, 'sessionPage', { url: '/sessions?limit=1' })
  await recorder.answer(fastify, 'metrics', { url: '/metrics' }, body => excerpt(body, /^(# \w+ )?weft_sessions\b/))
  await recordStop(fastify, recorder)
  const stream = await follow(fastify, `/events?sessionId=1&since=${cursor}`, asEvents)
  recorder.stream(fastify, 'eventStream', await stream.until(hasEvent('Stopped')))
  await recordLogs(fastify, recorder)
}

/** Of a gateway that starts one session at a time. */
export async function recordQueue(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  await fastify.inject({ method: 'POST', url: '/sessions', payload: slowBody })
  const launched = await recorder.answer(fastify, 'queuedSession', {
    method: 'POST',
    url: '/sessions',
    payload: launchBody
  })
  await fastify.inject(`/sessions/${launched.json().id}/wait?for=ready`)
}

async function recordLaunch(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  const stream = await follow(fastify, '/events', asLines)
  await recorder.answer(fastify, 'launchedSession', { method: 'POST', url: '/sessions', payload: labelledBody })
  await recorder.answer(fastify, 'sessionReady', { url: '/sessions/1/wait?for=ready' })
  await recorder.answer(fastify, 'runningSession', { url: '/sessions/1' })
  recorder.stream(fastify, 'eventLines', await stream.until(hasEvent('AppReady')))
}

async function recordStop(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  await recorder.answer(fastify, 'stoppingSession', { method: 'DELETE', url: '/sessions/1' })
  await recorder.answer(fastify, 'sessionStopped', { url: '/sessions/1/wait?for=stopped' })
  await recorder.answer(fastify, 'stoppedSession', { url: '/sessions/1' })
  await recorder.answer(fastify, 'stoppedAlready', { method: 'DELETE', url: '/sessions/1' })
}

/** Of an app that is silent once it is ready, so that each form has the same lines. */
async function recordLogs(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  const { id } = (await fastify.inject(post(slowBody))).json()
  const url = `/sessions/${id}/logs`
  await becomesTrue(async () => (await fastify.inject(url)).body.endsWith('READY\n'))
  await recorder.answer(fastify, 'logText', { url, headers: { accept: 'text/plain' } })
  await recorder.answer(fastify, 'logLines', { url, headers: asLines })
  await recorder.answer(fastify, 'logStream', { url, headers: asEvents })
}

function post(payload: object) {
  return { method: 'POST', url: '/sessions', headers: { prefer: 'wait=60' }, payload } as const
}

function hasEvent(type: string): (body: string) => boolean {
  return body => new RegExp(`^.*"type":"${type}".*\n`, 'm').test(body)
}

function excerpt(text: string, pattern: RegExp): string {
  const lines = text.split('\n').filter(line => pattern.test(line))
  return lines.map(line => `${line}\n`).join('')
}
