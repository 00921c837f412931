import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { build, eventTypes, launch, shell, stop, temporaryFolder, until } from '../helper.ts'

const idle = shell('echo READY; exec sleep 1000')

/** Ready when the file `$GO` is there. */
const onCue = shell('while [ ! -e "$GO" ]; do sleep 0.01; done; echo READY; exec sleep 1000', { clientEnv: ['GO'] })

t.test('a launch answers 201 with Location and the starting session', async t => {
  const fastify = await build(t, { apps: { idle } })
  const payload = { appId: 'idle', labels: { team: 'a' } }
  const response = await fastify.inject({ method: 'POST', url: '/sessions', payload })
  t.equal(response.statusCode, 201)
  t.equal(response.headers.location, '/sessions/1')
  t.notOk(response.headers['preference-applied'])
  const { createdAt, ...session } = response.json()
  t.same(session, { id: 1, appId: 'idle', state: 'starting', labels: { team: 'a' } })
  t.equal(new Date(createdAt).toISOString(), createdAt)
})

t.test('Prefer: wait answers once the session is running', async t => {
  const fastify = await build(t, { apps: { idle, told: shell('echo \'READY {"url":"x"}\'; exec sleep 1000') } })
  const response = await fastify.inject({
    method: 'POST',
    url: '/sessions',
    headers: { prefer: 'respond-async, wait=60' },
    payload: { appId: 'told' }
  })
  t.equal(response.statusCode, 201)
  t.equal(response.headers['preference-applied'], 'wait=60')
  t.match(response.json(), { state: 'running', pid: Number, readyAt: String, ready: { url: 'x' } })
  t.notMatch(response.json(), { stop: {} })
})

t.test('Prefer: wait answers after its seconds with the session as it is', async t => {
  const fastify = await build(t, { apps: { slow: shell('exec sleep 1000') } })
  for (const seconds of [0, 1]) {
    const response = await fastify.inject({
      method: 'POST',
      url: '/sessions',
      headers: { prefer: `wait=${seconds}` },
      payload: { appId: 'slow' }
    })
    t.equal(response.statusCode, 201)
    t.equal(response.headers['preference-applied'], `wait=${seconds}`)
    t.equal(response.json().state, 'starting')
  }
})

t.test('Prefer: wait of more than 120 seconds counts as 120, and nonsense as none', async t => {
  const fastify = await build(t, { apps: { idle } })
  for (const [prefer, applied] of [
    ['wait=100000', 'wait=120'],
    ['wait=-1', undefined],
    ['wait=soon', undefined],
    ['return=minimal', undefined]
  ] as const) {
    const response = await fastify.inject({
      method: 'POST',
      url: '/sessions',
      headers: { prefer },
      payload: { appId: 'idle' }
    })
    t.equal(response.statusCode, 201, prefer)
    t.equal(response.headers['preference-applied'], applied, prefer)
  }
})

t.test('Prefer: wait answers 502 where the launch ends before it is ready', async t => {
  const crash = shell('echo one; echo two >&2; exit 3')
  const fastify = await build(t, { apps: { crash, missing: { command: ['there-is-no-such-program'] } } })
  const post = (appId: string) =>
    fastify.inject({ method: 'POST', url: '/sessions', headers: { prefer: 'wait=60' }, payload: { appId } })
  const response = await post('crash')
  t.equal(response.statusCode, 502)
  t.match(response.headers['content-type'], /^application\/problem\+json/)
  t.match(response.json(), {
    type: '/problems/launch-failed',
    code: 'launch-failed',
    status: 502,
    instance: '/sessions',
    session: { id: 1, state: 'stopped', stop: { reason: 'readyMissed', exitCode: 3, survivors: 0 } }
  })
  t.same(response.json().logTail.toSorted(), ['one', 'two'])
  t.match((await post('missing')).json(), {
    code: 'launch-failed',
    logTail: [],
    session: { stop: { reason: 'spawnFailed' } }
  })
})

/** Ways to end before ready, and what the session says of it. */
const failures = {
  timeout: [shell('echo waiting; exec sleep 1000', { readyTimeoutMs: 100 }), 'readyTimeout', 'gateway'],
  closed: [shell('echo waiting; exec >&-; exec sleep 1000'), 'readyMissed', 'app'],
  daemonizer: [shell('echo waiting; setsid -f sleep 1000; exit 0'), 'readyMissed', 'app'],
  stubborn: [
    shell("trap '' TERM; echo waiting; exec >&-; while :; do sleep 0.05; done", { stopGraceMs: 300 }),
    'readyMissed',
    'app'
  ]
} as const

for (const [name, [app, reason, initiator]] of Object.entries(failures)) {
  t.test(
    `a start that fails (${name}) is 502 with the stopped session and its log, and wait knows it, too`,
    async t => {
      const fastify = await build(t, { apps: { app } })
      const headers = { prefer: 'wait=60' }
      const response = await fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'app' } })
      t.match(response.json(), {
        code: 'launch-failed',
        session: { id: 1, state: 'stopped', stop: { reason, initiator, survivors: 0 } }
      })
      t.equal(response.statusCode, 502)
      t.same(response.json().logTail, ['waiting'])
      const { id } = await launch(fastify, 'app')
      t.match(await until(fastify, id, 'ready'), { state: 'stopped', stop: { reason } })
      t.same(await eventTypes(fastify, id), ['Launched', 'Stopping', 'Stopped'])
      const { items } = (
        await fastify.inject({ url: `/events?sessionId=${id}`, headers: { accept: 'application/json' } })
      ).json()
      const [, stopping, stopped] = items
      t.same(stopping.session.stopping, { reason, initiator, since: stopping.time })
      t.equal(stopped.session.stop.since, stopping.time)
      t.equal(stopped.session.stoppedAt, stopped.time)
    }
  )
}

t.test('a launch that another client stops before it is ready is 502, once it is stopped', async t => {
  const fastify = await build(t, { apps: { slow: shell("trap 'sleep 0.2; exit 0' TERM; sleep 1000 & wait") } })
  const launched = new Promise<number>(resolve => fastify.registry.subscribe(({ sessionId }) => resolve(sessionId)))
  const headers = { prefer: 'wait=60' }
  const waiting = fastify.inject({ method: 'POST', url: '/sessions', headers, payload: { appId: 'slow' } })
  const asked = await stop(fastify, await launched)
  t.match(asked, { state: 'stopping', stopping: { reason: 'terminated', initiator: 'client', since: /Z$/ } })
  const response = await waiting
  t.equal(response.statusCode, 502)
  t.match(response.json(), {
    code: 'launch-failed',
    session: { state: 'stopped', stop: { reason: 'terminated', initiator: 'client' } }
  })
})

t.test('a wait for ready that ends at its timeout has the session as it is, stopping included', async t => {
  const stubborn = shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done", { stopGraceMs: 600_000 })
  const fastify = await build(t, { apps: { stubborn } })
  const { id } = await launch(fastify, 'stubborn')
  while ((await fastify.inject(`/sessions/${id}/logs`)).body !== 'deaf\n') await delay(5)
  await stop(fastify, id)
  const early = await fastify.inject(`/sessions/${id}/wait?for=ready&timeoutMs=10`)
  t.match(early.json(), { state: 'stopping', stopping: { reason: 'terminated', initiator: 'client' } })
  await stop(fastify, id, '?force=true')
})

t.test('a session that was ready and has ended meanwhile is no failed launch', async t => {
  const fastify = await build(t, { apps: { brief: shell('echo READY; exit 0') } })
  const response = await fastify.inject({
    method: 'POST',
    url: '/sessions',
    headers: { prefer: 'wait=60' },
    payload: { appId: 'brief' }
  })
  t.equal(response.statusCode, 201)
  t.ok(response.json().readyAt)
})

t.test('a session is read as it is now, and stays readable when it is stopped', async t => {
  const fastify = await build(t, { apps: { idle } })
  const { id } = await launch(fastify, 'idle')
  await until(fastify, id, 'ready')
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { id, state: 'running', pid: Number })
  await stop(fastify, id)
  const stopped = await until(fastify, id, 'stopped')
  t.same((await fastify.inject(`/sessions/${id}`)).json(), stopped)
  t.match((await fastify.inject('/sessions/99')).json(), { status: 404, code: 'session-not-found' })
})

t.test('wait for ready ends when it is reached or no longer reachable', async t => {
  const folder = await temporaryFolder(t)
  const fastify = await build(t, { apps: { onCue } })
  const first = await launch(fastify, 'onCue', { env: { GO: `${folder}/first` } })
  t.match((await fastify.inject(`/sessions/${first.id}/wait?for=ready&timeoutMs=0`)).json(), { state: 'starting' })
  const waiting = until(fastify, first.id, 'ready')
  await writeFile(`${folder}/first`, '')
  t.match(await waiting, { state: 'running' })

  const second = await launch(fastify, 'onCue', { env: { GO: `${folder}/second` } })
  const hopeless = until(fastify, second.id, 'ready')
  await stop(fastify, second.id)
  t.match(await hopeless, { state: 'stopped', stop: { reason: 'terminated' } })
})

t.test('wait for stopped is the default, answers at the timeout, and knows unknown sessions', async t => {
  const fastify = await build(t, { apps: { idle } })
  const { id } = await launch(fastify, 'idle')
  await until(fastify, id, 'ready')
  t.equal((await fastify.inject(`/sessions/${id}/wait?timeoutMs=10`)).json().state, 'running')
  const waiting = fastify.inject(`/sessions/${id}/wait`)
  await stop(fastify, id)
  t.match((await waiting).json(), { state: 'stopped', stop: { reason: 'terminated' } })
  t.match((await fastify.inject('/sessions/99/wait')).json(), { status: 404, code: 'session-not-found' })
})

t.test('DELETE answers 202 while it stops, 200 when it is stopped, 404 for the unknown', async t => {
  const fastify = await build(t, { apps: { idle } })
  const { id } = await launch(fastify, 'idle')
  await until(fastify, id, 'ready')
  const remove = (url: string) => fastify.inject({ method: 'DELETE', url })
  const first = await remove(`/sessions/${id}`)
  t.equal(first.statusCode, 202)
  t.match(first.json(), { id, state: 'stopping' })
  const stopped = await until(fastify, id, 'stopped')
  t.match(stopped, { stop: { reason: 'terminated', initiator: 'client', signal: 'SIGTERM', survivors: 0 } })
  const again = await remove(`/sessions/${id}`)
  t.equal(again.statusCode, 200)
  t.same(again.json(), stopped)
  t.match((await remove('/sessions/99')).json(), { status: 404, code: 'session-not-found' })
  t.same(await eventTypes(fastify, id), ['Launched', 'AppReady', 'Stopping', 'Stopped'])
})

t.test('Prefer: wait on DELETE answers 200 once it is stopped, and 202 where that takes longer', async t => {
  const stubborn = shell("trap '' TERM; echo READY; while :; do sleep 0.05; done", { stopGraceMs: 600_000 })
  const fastify = await build(t, { apps: { idle, stubborn } })
  const remove = (id: number, seconds: number, query = '') =>
    fastify.inject({ method: 'DELETE', url: `/sessions/${id}${query}`, headers: { prefer: `wait=${seconds}` } })
  const { id } = await launch(fastify, 'idle')
  await until(fastify, id, 'ready')
  const gone = await remove(id, 60)
  t.equal(gone.statusCode, 200)
  t.equal(gone.headers['preference-applied'], 'wait=60')
  t.match(gone.json(), { state: 'stopped' })

  const other = await launch(fastify, 'stubborn')
  await until(fastify, other.id, 'ready')
  const asIs = await remove(other.id, 0)
  t.equal(asIs.statusCode, 202)
  t.equal(asIs.json().state, 'stopping')
  const forced = await remove(other.id, 60, '?force=true')
  t.equal(forced.statusCode, 200)
  t.match(forced.json(), { stop: { reason: 'terminated', signal: 'SIGKILL' } })
  t.same(await eventTypes(fastify, other.id), ['Launched', 'AppReady', 'Stopping', 'Stopped'])
})

t.test('force starts at SIGKILL', async t => {
  const fastify = await build(t, { apps: { idle } })
  const { id } = await launch(fastify, 'idle')
  await until(fastify, id, 'ready')
  await stop(fastify, id, '?force=true')
  t.match(await until(fastify, id, 'stopped'), { stop: { signal: 'SIGKILL', signalsSent: ['SIGKILL'] } })
})
