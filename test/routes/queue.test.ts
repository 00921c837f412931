import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { Session } from '../../src/session/session.ts'
import { tryKill } from '../gateway-process.ts'
import { build, configure, eventTypes, launch, shell, stop, temporaryFolder, until } from '../helper.ts'

const mute = shell('exec sleep 1000')
const idle = shell('echo READY; exec sleep 1000')

/** Writes its name into the file `$ORDER`, and is ready when `$GO.<name>` is there. */
const onCue = shell(
  'echo "$NAME" >> "$ORDER"; while [ ! -e "$GO.$NAME" ]; do sleep 0.01; done; echo READY; exec sleep 1000',
  { clientEnv: ['NAME', 'ORDER', 'GO'] }
)

const post = (fastify: FastifyInstance, payload: object, headers: Record<string, string> = {}) =>
  fastify.inject({ method: 'POST', url: '/sessions', headers, payload })

/** Starts apps one after another when told so. */
async function cues(t: Test, fastify: FastifyInstance) {
  const folder = await temporaryFolder(t)
  const order = join(folder, 'order')
  await writeFile(order, '')
  return {
    launch: (NAME: string) => launch(fastify, 'onCue', { env: { NAME, ORDER: order, GO: join(folder, 'go') } }),
    go: (name: string) => appendFile(join(folder, `go.${name}`), ''),
    order: async () => (await readFile(order, 'utf8')).split('\n').filter(Boolean)
  }
}

const read = async (fastify: FastifyInstance, id: number): Promise<Session> =>
  (await fastify.inject(`/sessions/${id}`)).json()

const states = async (fastify: FastifyInstance): Promise<string[]> =>
  (await fastify.inject('/sessions?limit=1000')).json().items.map(({ state }: Session) => state)

t.test('a burst beyond maxStarting is refused nowhere: what does not start at once is queued', async t => {
  const fastify = await build(t, { apps: { idle }, limits: { maxStarting: 2 } })
  const responses = await Promise.all(Array.from({ length: 40 }, () => post(fastify, { appId: 'idle' })))
  t.same([...new Set(responses.map(({ statusCode }) => statusCode))], [201])
  const answers: Session[] = responses.map(response => response.json())
  t.equal(answers.filter(({ state }) => state === 'starting').length, 2)
  t.equal(answers.filter(({ state }) => state === 'queued').length, 38)
  for (const { id, state } of answers) {
    t.match(await until(fastify, id, 'ready'), { state: 'running' })
    const waited = state === 'queued' ? ['Starting'] : []
    t.same(await eventTypes(fastify, id), ['Launched', ...waited, 'AppReady'])
  }
})

t.test('no more than maxStarting start at the same time, and they start in the order of their launches', async t => {
  const fastify = await build(t, { apps: { onCue }, limits: { maxStarting: 1 } })
  const names = ['a', 'b', 'c', 'd']
  const { launch, go, order } = await cues(t, fastify)
  const sessions: Session[] = []
  for (const name of names) sessions.push(await launch(name))
  t.same(await states(fastify), ['starting', 'queued', 'queued', 'queued'])
  t.notOk('pid' in (sessions[1] as Session))
  for (const [index, name] of names.entries()) {
    await go(name)
    await until(fastify, (sessions[index] as Session).id, 'ready')
    t.same((await states(fastify)).slice(0, index + 1), names.slice(0, index + 1).fill('running'))
  }
  t.same(await order(), names)
})

t.test('Prefer: wait and /wait wait through the queue, and a failed start is 502 there, too', async t => {
  const crash = shell('echo gone; exit 3')
  const fastify = await build(t, { apps: { idle, mute, crash }, limits: { maxStarting: 1 } })
  const first = await launch(fastify, 'mute')
  const queued = await launch(fastify, 'idle')
  t.equal(queued.state, 'queued')
  const early = await fastify.inject(`/sessions/${queued.id}/wait?for=ready&timeoutMs=0`)
  t.match(early.json(), { state: 'queued' })
  const waits = [until(fastify, queued.id, 'ready'), until(fastify, queued.id, 'stopped')] as const
  const headers = { prefer: 'wait=60' }
  const running = post(fastify, { appId: 'idle' }, headers)
  const failing = post(fastify, { appId: 'crash' }, headers)
  await stop(fastify, first.id)
  t.match(await waits[0], { state: 'running', startedAt: /Z$/ })
  t.match((await running).json(), { state: 'running', startedAt: /Z$/ })
  t.match((await failing).json(), { status: 502, session: { stop: { reason: 'readyMissed' } }, logTail: ['gone'] })
  await stop(fastify, queued.id)
  t.match(await waits[1], { state: 'stopped' })
})

t.test('readyTimeoutMs and the time to ready count from Starting, not from the launch', async t => {
  const slow = shell('sleep 0.1; echo READY; exec sleep 1000', { readyTimeoutMs: 60_000 })
  const fastify = await build(t, { apps: { slow, mute: { ...mute, readyTimeoutMs: 300 } }, limits: { maxStarting: 1 } })
  // Each waits for the timeouts of those before it; a timeout that counted from the launch would end all of them at once.
  const ids = [await launch(fastify, 'mute'), await launch(fastify, 'mute'), await launch(fastify, 'slow')].map(
    ({ id }) => id
  )
  const sessions = await Promise.all(ids.map(id => until(fastify, id, 'ready')))
  t.match(sessions[1], { stop: { reason: 'readyTimeout' } })
  const { startedAt, stop } = sessions[1] as Session & { startedAt: string; stop: { since: string } }
  t.ok(Date.parse(stop.since) - Date.parse(startedAt) >= 299)
  const { createdAt, readyAt } = sessions[2] as Session & { readyAt: string }
  const { body } = await fastify.inject('/metrics')
  const readySum = Number(/^weft_session_ready_seconds_sum (\S+)$/m.exec(body)?.[1])
  t.ok(readySum < (Date.parse(readyAt) - Date.parse(createdAt)) / 1_000, 'without the time in the queue')
  t.match(body, /^weft_session_queue_seconds_count 2$/m)
})

t.test('a stop while queued is Stopped with terminated, and nothing was started', async t => {
  const fastify = await build(t, { apps: { onCue, mute }, limits: { maxStarting: 1 } })
  const { launch: launchOnCue, order, go } = await cues(t, fastify)
  const first = await launch(fastify, 'mute')
  const { id } = await launchOnCue('a')
  const last = await launchOnCue('b')
  const response = await fastify.inject({ method: 'DELETE', url: `/sessions/${id}` })
  t.equal(response.statusCode, 200)
  t.match(response.json(), {
    state: 'stopped',
    stop: { reason: 'terminated', initiator: 'client', signalsSent: [], survivors: 0 }
  })
  t.same(await eventTypes(fastify, id), ['Launched', 'Stopped'])
  await stop(fastify, first.id)
  await go('b')
  await until(fastify, last.id, 'ready')
  t.same(await order(), ['b'])
})

t.test('what is queued counts in maxSessions, of the gateway and of the app', async t => {
  const apps = { mute, single: { ...mute, maxSessions: 2 } }
  const fastify = await build(t, { apps, limits: { maxStarting: 1, maxSessions: 3 } })
  await launch(fastify, 'single')
  const { id } = await launch(fastify, 'single')
  t.match((await post(fastify, { appId: 'single' })).json(), { code: 'too-many-sessions', detail: /'single'/ })
  await launch(fastify, 'mute')
  t.match((await post(fastify, { appId: 'mute' })).json(), { code: 'too-many-sessions', detail: /3 sessions/ })
  await stop(fastify, id)
  t.equal((await launch(fastify, 'mute')).state, 'queued')
})

t.test('maxStarting = 0 is no limit', async t => {
  const fastify = await build(t, { apps: { mute }, limits: { maxStarting: 0 } })
  for (let n = 0; n < 20; n++) t.equal((await launch(fastify, 'mute')).state, 'starting')
})

t.test(
  'an app that left the catalogue, or does not take the variables any more, ends what is queued of it',
  async t => {
    const apps = { mute, onCue, idle }
    const options = { apps, limits: { maxStarting: 1 }, stateDir: await temporaryFolder(t) }
    const fastify = await build(t, options)
    const first = await launch(fastify, 'mute')
    const env = { NAME: 'a' }
    const ids = [(await launch(fastify, 'idle')).id, (await launch(fastify, 'onCue', { env })).id]
    const last = await launch(fastify, 'mute')
    const next = await configure(t, { ...options, apps: { mute, onCue: { ...onCue, clientEnv: [] } } })
    fastify.gateway.catalogue.reload(next)
    await stop(fastify, first.id)
    for (const [index, message] of [/'idle' left the catalogue/, /body\/env\/NAME/].entries()) {
      const session = await until(fastify, ids[index] as number, 'stopped')
      t.match(session, { stop: { reason: 'spawnFailed', initiator: 'gateway', message, signalsSent: [] } })
      t.same(await eventTypes(fastify, session.id), ['Launched', 'Stopped'])
    }
    t.match(await read(fastify, last.id), { state: /starting|running/ }, 'the next one has its turn')
  }
)

t.test('while the supervisor is away what is queued stays queued, and goes on with the next one', async t => {
  const fastify = await build(t, { apps: { idle, mute }, limits: { maxStarting: 1 } })
  const first = await launch(fastify, 'mute')
  const { id } = await launch(fastify, 'idle')
  tryKill(fastify.supervisor.welcome?.pid as number)
  t.match(await until(fastify, first.id, 'stopped'), { stop: { reason: 'supervisorLost' } })
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  t.same(await eventTypes(fastify, id), ['Launched', 'Starting', 'AppReady'])
})

t.test('while the supervisor hangs what is queued stays queued, and goes on once it answers', async t => {
  const fastify = await build(t, { apps: { idle, mute }, limits: { maxStarting: 1 } })
  const first = await launch(fastify, 'mute')
  const { id } = await launch(fastify, 'idle')
  const pid = fastify.supervisor.welcome?.pid as number
  process.kill(pid, 'SIGSTOP')
  while (fastify.supervisor.isUsable) await delay(50)
  await stop(fastify, first.id)
  await nextTurn()
  t.match(await read(fastify, id), { state: 'queued' })
  process.kill(pid, 'SIGCONT')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
})

t.test('where the turn of a session can not be recorded it stays queued, and starts once that is possible', async t => {
  const fastify = await build(t, { apps: { idle, mute }, limits: { maxStarting: 1 } })
  const first = await launch(fastify, 'mute')
  const { id } = await launch(fastify, 'idle')
  const other = new DatabaseSync(fastify.gateway.stateFolder.database)
  fastify.registry.subscribe(({ type, sessionId }) => {
    // From here on its place is free.
    if (type === 'Stopping' && sessionId === first.id) other.exec('BEGIN IMMEDIATE')
  })
  await stop(fastify, first.id)
  await nextTurn()
  t.match(await read(fastify, id), { state: 'queued' })
  const refused = await fastify.inject({ method: 'DELETE', url: `/sessions/${id}` })
  t.match(refused.json(), { status: 503, code: 'storage-unavailable' })
  other.close()
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
})

t.test('a shutdown that stops the sessions ends the queued ones as gatewayStopped', async t => {
  const stateDir = await temporaryFolder(t)
  const fastify = await build(t, { apps: { mute }, limits: { maxStarting: 1 }, stateDir })
  await launch(fastify, 'mute')
  const { id } = await launch(fastify, 'mute')
  await fastify.close()
  const next = await build(t, { apps: { mute }, stateDir })
  t.match(await read(next, id), {
    stop: { reason: 'gatewayStopped', initiator: 'gateway', signalsSent: [], survivors: 0 }
  })
  t.same(await eventTypes(next, id), ['Launched', 'Stopped'])
})

t.test(
  'a shutdown that keeps the sessions leaves the queue to the next gateway, with its environments, in order',
  async t => {
    const options = { apps: { onCue, mute }, stateDir: await temporaryFolder(t), server: { onStop: 'keep' as const } }
    const fastify = await build(t, { ...options, limits: { maxStarting: 1 } })
    const { launch: launchOnCue, order, go } = await cues(t, fastify)
    await launch(fastify, 'mute')
    const names = ['a', 'b', 'c']
    const ids: number[] = []
    for (const name of names) ids.push((await launchOnCue(name)).id)
    await fastify.close()
    const next = await build(t, { ...options, limits: { maxStarting: 2 }, server: { onStop: 'stop' } })
    for (const [index, name] of names.entries()) {
      await go(name)
      t.match(await until(next, ids[index] as number, 'ready'), { state: 'running' })
    }
    t.same(await order(), names)
  }
)

t.test('a queued session is listed, and its environment is told nowhere', async t => {
  const fastify = await build(t, { apps: { mute, onCue }, limits: { maxStarting: 1 } })
  await launch(fastify, 'mute')
  const { id } = await launch(fastify, 'onCue', { env: { NAME: 'secret-value' } })
  const { items } = (await fastify.inject('/sessions?state=queued')).json()
  t.match(items, [{ id, state: 'queued' }])
  const answers = [`/sessions/${id}`, '/sessions', '/metrics'].map(url => fastify.inject(url))
  const history = fastify.inject({ url: '/events', headers: { accept: 'application/json' } })
  for (const { body } of await Promise.all([...answers, history])) t.notMatch(body, /secret-value/)
})
