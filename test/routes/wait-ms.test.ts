import t from 'tap'
import { build, shell } from '../helper.ts'

const apps = {
  steady: shell('echo READY; exec sleep 60'),
  slow: shell('exec sleep 60'),
  crash: shell('exit 3')
}

const launch = (appId: string, query: string, headers = {}) =>
  ({ method: 'POST', url: `/sessions${query}`, payload: { appId }, headers }) as const

t.test('waitMs waits for the result of a launch and of a stop', async t => {
  const fastify = await build(t, { apps })
  const running = await fastify.inject(launch('steady', '?waitMs=60000'))
  t.match(running.json(), { state: 'running' })
  t.equal(running.headers['preference-applied'], undefined)
  t.match(await fastify.inject({ method: 'DELETE', url: '/sessions/1?waitMs=60000' }), { statusCode: 200 })
  t.match((await fastify.inject(launch('crash', '?waitMs=60000'))).json(), { status: 502, code: 'launch-failed' })
})

t.test('after that time the answer is the session as it is', async t => {
  const fastify = await build(t, { apps })
  const answer = await fastify.inject(launch('slow', '?waitMs=1'))
  t.match(answer, { statusCode: 201 })
  t.match(answer.json(), { state: 'starting' })
  t.match((await fastify.inject(launch('slow', '?waitMs=0'))).json(), { state: 'starting' })
})

t.test('waitMs is 0 to 120000, a whole number, and not given besides Prefer', async t => {
  const fastify = await build(t, { apps })
  for (const query of ['?waitMs=-1', '?waitMs=120001', '?waitMs=1.5', '?waitMs=', '?waitMs=1s', '?wait=1']) {
    t.match(await fastify.inject(launch('slow', query)), { statusCode: 400 }, query)
    t.match(await fastify.inject({ method: 'DELETE', url: `/sessions/1${query}` }), { statusCode: 400 }, query)
  }
  const both = { prefer: 'wait=1' }
  const fault = { status: 400, errors: [{ pointer: '/query/waitMs' }] }
  t.match((await fastify.inject(launch('slow', '?waitMs=1', both))).json(), fault)
  t.match((await fastify.inject({ method: 'DELETE', url: '/sessions/1?waitMs=1', headers: both })).json(), fault)
  t.same(fastify.registry.live, [], 'nothing was launched')
})

t.test('the former name of until goes on to work', async t => {
  const fastify = await build(t, { apps })
  await fastify.inject(launch('steady', ''))
  for (const name of ['until', 'for']) {
    t.match((await fastify.inject(`/sessions/1/wait?${name}=ready`)).json(), { state: 'running' }, name)
  }
  const both = await fastify.inject('/sessions/1/wait?until=ready&for=ready')
  t.match(both.json(), { status: 400, errors: [{ pointer: '/query/for' }] })
})
