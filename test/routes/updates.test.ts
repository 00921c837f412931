import { Writable } from 'node:stream'
import t from 'tap'
import { build, eventTypes, launch, shell, stop, until } from '../helper.ts'

const running = { ready: { none: true } } as const

t.test('what a session tells is an event Updated in each form, and stays in the session to its end', async t => {
  const lines: string[] = []
  const stream = new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) })
  const apps = { web: shell('exec sleep 1000', running) }
  const fastify = await build(t, { apps, logger: { level: 'debug', stream } })
  const { id } = await launch(fastify, 'web')
  await until(fastify, id, 'ready')
  const { registry } = fastify.gateway
  const health = {
    status: 'unhealthy',
    since: '2026-11-22T18:00:00.000Z',
    failures: 3,
    message: 'it answered 500'
  } as const
  await registry.apply(id, { type: 'updated', time: Date.now(), progress: { percent: 40, text: 'compiling' } })
  const next = new Promise<void>(resolve => fastify.registry.subscribe(() => resolve()))
  await registry.apply(id, { type: 'updated', time: Date.now(), health })
  await next
  const told = { progress: { percent: 40, text: 'compiling' }, health }
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'running', ...told })
  const page = (await fastify.inject('/events/history?eventType=Updated')).json()
  t.match(page.items, [
    { type: 'Updated', session: { id, progress: told.progress, health: undefined } },
    { type: 'Updated', session: { id, ...told } }
  ])
  const logged = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'Updated')
  t.match(logged, [
    { level: 20, sessionId: id, progress: told.progress },
    { level: 20, sessionId: id, ...told }
  ])
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { state: 'stopped', ...told })
  t.same(await eventTypes(fastify, id), ['Launched', 'AppReady', 'Updated', 'Updated', 'Stopping', 'Stopped'])
})
