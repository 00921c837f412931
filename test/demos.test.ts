import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../src/config/load.ts'
import { buildFrom, eventTypes, launch, stop, temporaryFolder, until } from './helper.ts'

const file = join(import.meta.dirname, '..', 'weft-gateway.toml')

async function buildDemos(t: Test): Promise<FastifyInstance> {
  const flags = { config: file, 'state-dir': await temporaryFolder(t) }
  return await buildFrom(t, loadConfig({ flags, env: {}, cwd: '/' }))
}

async function readLog(fastify: FastifyInstance, id: number): Promise<string> {
  return (await fastify.inject(`/sessions/${id}/logs`)).body
}

t.test('demo.clock is ready at once with a greeting of the launch, and runs until it is stopped', async t => {
  const fastify = await buildDemos(t)
  const { id } = await launch(fastify, 'demo.clock', { env: { GREETING: 'tock' } })
  t.match(await until(fastify, id, 'ready'), { state: 'running', ready: { greeting: 'tock' } })
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', signalsSent: ['SIGTERM'] } })
  t.match(await readLog(fastify, id), /^READY {"greeting":"tock"}\n/)
})

t.test('demo.clock prints the time once a second', async t => {
  const fastify = await buildDemos(t)
  const { id } = await launch(fastify, 'demo.clock')
  const hasTicked = async () => /^READY.*\n(\d{4}-\d\d-\d\dT[\d:.]+Z\n)+$/.test(await readLog(fastify, id))
  while (!(await hasTicked())) await new Promise(resolve => setTimeout(resolve, 50))
  t.match(await until(fastify, id, 'ready'), { ready: { greeting: 'tick' } })
})

t.test('demo.web greets at its port', async t => {
  const fastify = await buildDemos(t)
  const { id } = await launch(fastify, 'demo.web', { env: { GREETING: 'Moin' } })
  const session = await until(fastify, id, 'ready')
  const port = 'port' in session && session.port
  t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), `Moin from session ${id}\n`)
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { exitCode: 0, signalsSent: ['SIGTERM'] } })
})

t.test('demo.slow tells how far it is and is ready after its seconds', async t => {
  const fastify = await buildDemos(t)
  const { id, createdAt } = await launch(fastify, 'demo.slow', { env: { SECONDS: '2' } })
  const session = await until(fastify, id, 'ready')
  t.match(session, { state: 'running' })
  t.ok('readyAt' in session && Date.parse(String(session.readyAt)) - Date.parse(createdAt) >= 2_000)
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  t.equal(await readLog(fastify, id), 'starting: 0 %\nstarting: 50 %\nREADY\n')
})

t.test('demo.stubborn ignores SIGTERM and is ended all the same, with the grandchild it leaves', async t => {
  const fastify = await buildDemos(t)
  const { id } = await launch(fastify, 'demo.stubborn')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  await stop(fastify, id)
  const { stop: end } = (await until(fastify, id, 'stopped')) as { stop?: object }
  t.match(end, { reason: 'terminated', signal: 'SIGKILL', signalsSent: ['SIGTERM', 'SIGKILL'], survivors: 0 })
  t.match(await readLog(fastify, id), 'SIGTERM? No.')
})

t.test('demo.crash exits with 3 before it is ready, and says why on stderr', async t => {
  const fastify = await buildDemos(t)
  const { id } = await launch(fastify, 'demo.crash')
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'readyMissed', initiator: 'app', exitCode: 3 } })
  t.same(await eventTypes(fastify, id), ['Launched', 'Stopped'])
  const stderr = (await fastify.inject(`/sessions/${id}/logs?stream=stderr`)).body
  t.equal(stderr, "crash: can't open database '/nowhere/data.db': no such file or directory\n")
})
