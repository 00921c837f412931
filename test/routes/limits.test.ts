import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const idle = shell('echo READY; exec sleep 1000')

const post = (fastify: FastifyInstance, appId: string) =>
  fastify.inject({ method: 'POST', url: '/sessions', payload: { appId } })

const countBy = (statuses: readonly number[]) =>
  Object.fromEntries([...new Set(statuses)].map(status => [status, statuses.filter(one => one === status).length]))

t.test('200 launches at once hold maxSessions exactly', async t => {
  const fastify = await build(t, { apps: { idle }, limits: { maxSessions: 12 } })
  const responses = await Promise.all(Array.from({ length: 200 }, () => post(fastify, 'idle')))
  t.same(countBy(responses.map(({ statusCode }) => statusCode)), { 201: 12, 429: 188 })
  const refused = responses.find(({ statusCode }) => statusCode === 429)
  t.match(refused?.json(), { code: 'too-many-sessions', type: '/problems/too-many-sessions', retryAfterMs: Number })
  t.equal(Number(refused?.headers['retry-after']), Math.ceil(refused?.json().retryAfterMs / 1000))
  const { items } = (await fastify.inject('/sessions')).json()
  t.equal(items.length, 12, 'a refusal creates nothing')
  t.equal(items.at(-1).id, 12)
})

t.test('a session counts until its whole tree is gone, and then makes room', async t => {
  const stubborn = shell("trap '' TERM; echo READY; while :; do sleep 0.05; done", { stopGraceMs: 600_000 })
  const fastify = await build(t, { apps: { stubborn }, limits: { maxSessions: 1 } })
  const { id } = await launch(fastify, 'stubborn')
  await until(fastify, id, 'ready')
  await stop(fastify, id)
  t.equal((await post(fastify, 'stubborn')).statusCode, 429)
  await stop(fastify, id, '?force=true')
  await until(fastify, id, 'stopped')
  const next = await post(fastify, 'stubborn')
  t.equal(next.statusCode, 201)
  await until(fastify, next.json().id, 'ready')
  await stop(fastify, next.json().id, '?force=true')
})

t.test('maxSessions of an app leaves other apps alone', async t => {
  const fastify = await build(t, { apps: { single: { ...idle, maxSessions: 1 }, idle } })
  await launch(fastify, 'single')
  const refused = await post(fastify, 'single')
  t.match(refused.json(), { status: 429, code: 'too-many-sessions', detail: /'single'/ })
  t.ok(refused.headers['retry-after'])
  t.equal((await post(fastify, 'idle')).statusCode, 201)
})

t.test('a port is never given to two live sessions', async t => {
  const command = ['/bin/sh', '-c', 'echo "READY {\\"port\\":$PORT,\\"arg\\":$1}"; exec sleep 1000', 'sh', '{port}']
  const fastify = await build(t, { apps: { served: { command }, idle } })
  const sessions = await Promise.all(Array.from({ length: 40 }, () => launch(fastify, 'served')))
  const ready = await Promise.all(sessions.map(({ id }) => until(fastify, id, 'ready')))
  const ports = ready.map(session => ('port' in session ? session.port : undefined))
  t.equal(new Set(ports).size, 40)
  t.notOk(ports.includes(undefined))
  for (const session of ready as (Session & { port: number; ready: object })[]) {
    if (session.ready && JSON.stringify(session.ready) !== JSON.stringify({ port: session.port, arg: session.port }))
      t.fail(`${session.port} is not what the app was told: ${JSON.stringify(session.ready)}`)
  }
  const { id } = await launch(fastify, 'idle')
  t.notOk('port' in (await until(fastify, id, 'ready')))
})
