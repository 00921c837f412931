import type { FastifyInstance } from 'fastify'
import { completeApp } from '../../src/config/complete-apps.ts'
import { loadConfig } from '../../src/config/load.ts'
import { becomesTrue } from './becomes-true.ts'
import type { Recorder } from './recorder.ts'

const launchBody = { appId: 'demo.clock', labels: { team: 'a' } }

/** What the document shows of sessions: one is launched, becomes ready, and is stopped. */
export async function recordSessions(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  recorder.request('launch', launchBody)
  await recorder.answer(fastify, 'app', { url: '/apps/demo.clock' })
  await recorder.answer(fastify, 'launchedSession', { method: 'POST', url: '/sessions', payload: launchBody })
  await fastify.inject('/sessions/1/wait?until=ready')
  await recorder.answer(fastify, 'eventPage', { url: '/events/history?limit=1' })
  await fastify.inject({ method: 'DELETE', url: '/sessions/1' })
  await recorder.answer(fastify, 'stoppedSession', { url: '/sessions/1/wait' })
  await recordLogLines(fastify, recorder)
}

/** Of a gateway that starts one session at a time: the second one is queued. */
export async function queueSession(fastify: FastifyInstance): Promise<void> {
  const launch = (appId: string) => fastify.inject({ method: 'POST', url: '/sessions', payload: { appId } })
  await launch('demo.slow')
  const { id } = (await launch('demo.clock')).json()
  await fastify.inject(`/sessions/${id}/wait?until=ready`)
  await fastify.inject({ method: 'PATCH', url: `/sessions/${id}`, payload: { labels: { team: 'b' } } })
}

/** An app that fails once it runs. */
export const failing = completeApp(
  { command: ['false'], ready: { none: true }, restart: { max: 1, backoffMs: 0 } },
  { ...loadConfig({ env: {}, cwd: '/' }), templates: {} }
)

/** Of a gateway that has only the failing app. */
export async function restartSession(fastify: FastifyInstance): Promise<void> {
  const payload = { appId: 'demo.clock' }
  const { id } = (await fastify.inject({ method: 'POST', url: '/sessions', payload })).json()
  await fastify.inject(`/sessions/${id}/wait?until=stopped`)
}

/** Of an app that is silent once it is ready. */
async function recordLogLines(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  const payload = { appId: 'demo.slow', env: { SECONDS: '1' } }
  const { id } = (await fastify.inject({ method: 'POST', url: '/sessions?waitMs=60000', payload })).json()
  const url = `/sessions/${id}/log-lines?limit=2`
  await becomesTrue(async () => (await fastify.inject(url)).json().items.at(-1)?.line === 'READY')
  await recorder.answer(fastify, 'logLinePage', { url })
}
