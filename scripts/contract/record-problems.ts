import type { FastifyInstance } from 'fastify'
import type { Recorder } from './recorder.ts'

/** What the document shows of errors. */
export async function recordProblems(fastify: FastifyInstance, recorder: Recorder): Promise<void> {
  const launch = { method: 'POST', url: '/sessions' } as const
  await recorder.problem(fastify, 'invalid-request', { ...launch, payload: { appid: 'demo.clock' } })
  const failing = { ...launch, url: '/sessions?waitMs=60000', payload: { appId: 'demo.crash' } }
  await recorder.problem(fastify, 'launch-failed', failing)
}
