import { writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { fingerprintOf } from '../../src/gateway/launch/idempotency.ts'
import { build, buildFrom, configure, shell, stop, temporaryFolder, until } from '../helper.ts'
import { type Holder, holder } from '../tokens.ts'

const idle = shell('echo READY; exec sleep 1000')
const crash = shell('echo one; echo two >&2; exit 3')
const onCue = shell('while [ ! -e "$GO" ]; do sleep 0.01; done; echo READY; exec sleep 1000', { clientEnv: ['GO'] })
const apps = { idle, crash, onCue }

interface Post {
  readonly key?: string
  readonly prefer?: string
  readonly payload?: object
}

function post(fastify: FastifyInstance, { key = 'k1', prefer, payload = { appId: 'idle' } }: Post = {}) {
  const headers = { 'idempotency-key': key, ...(prefer && { prefer }) }
  return fastify.inject({ method: 'POST', url: '/sessions', headers, payload })
}

type Response = Awaited<ReturnType<typeof post>>

const told = ({ statusCode, headers, body }: Response) => ({
  statusCode,
  location: headers.location,
  type: headers['content-type'],
  body
})

async function sessionCount(fastify: FastifyInstance): Promise<number> {
  return (await fastify.inject('/sessions?limit=1000')).json().items.length
}

/** As if a day and a bit had gone by. */
function dayPasses(fastify: FastifyInstance) {
  const database = new DatabaseSync(fastify.gateway.stateFolder.database)
  database.exec(`UPDATE launch_keys SET time = time - ${25 * 3_600_000}`)
  database.close()
}

t.test('the same key and body is one launch, answered the same again, whatever became of the session', async t => {
  const fastify = await build(t, { apps })
  const first = await post(fastify)
  t.equal(first.statusCode, 201)
  t.notOk(first.headers['idempotent-replayed'])
  await until(fastify, 1, 'ready')
  const again = await post(fastify)
  t.same(told(again), told(first))
  t.equal(again.headers['idempotent-replayed'], 'true')
  await stop(fastify, 1)
  await until(fastify, 1, 'stopped')
  t.same(told(await post(fastify)), told(first))
  t.equal(await sessionCount(fastify), 1)
})

t.test('another key, or none, is another launch', async t => {
  const fastify = await build(t, { apps })
  const ids = [await post(fastify, { key: 'a' }), await post(fastify, { key: 'A' })].map(answer => answer.json().id)
  const payload = { appId: 'idle' }
  for (let turn = 0; turn < 2; turn++) {
    ids.push((await fastify.inject({ method: 'POST', url: '/sessions', payload })).json().id)
  }
  t.same(ids, [1, 2, 3, 4])
})

t.test('a key is the same bare and quoted, and a body in whatever order', async t => {
  const fastify = await build(t, { apps })
  const first = await post(fastify, { key: 'a-"b\\', payload: { appId: 'idle', labels: { x: '1', y: '2' } } })
  const again = await post(fastify, { key: '"a-\\"b\\\\"', payload: { labels: { y: '2', x: '1' }, appId: 'idle' } })
  t.same(told(again), told(first))
})

t.test('an empty map is as none', async t => {
  const fastify = await build(t, { apps })
  const first = await post(fastify)
  t.same(told(await post(fastify, { payload: { appId: 'idle', labels: {}, env: {}, params: {} } })), told(first))
})

t.test('another body under the same key is refused with 422', async t => {
  const fastify = await build(t, { apps })
  await post(fastify)
  for (const payload of [{ appId: 'crash' }, { appId: 'idle', labels: { a: 'b' } }]) {
    t.match((await post(fastify, { payload })).json(), { status: 422, code: 'idempotency-mismatch' })
  }
  t.equal(await sessionCount(fastify), 1)
})

t.test('a launch that is not answered yet is 409 for others, and then theirs, too', async t => {
  const go = join(await temporaryFolder(t), 'go')
  const fastify = await build(t, { apps })
  const launched = new Promise(resolve => fastify.registry.subscribe(resolve))
  const payload = { appId: 'onCue', env: { GO: go } }
  const waiting = post(fastify, { prefer: 'wait=60', payload })
  await launched
  const early = await post(fastify, { payload })
  t.match(early.json(), { status: 409, code: 'idempotency-in-flight' })
  t.ok(early.headers['retry-after'])
  t.match((await post(fastify)).json(), { status: 422 })
  await writeFile(go, '')
  const first = await waiting
  t.match(first.json(), { state: 'running' })
  const again = await post(fastify, { payload })
  t.same(told(again), told(first))
  t.equal(again.headers['preference-applied'], 'wait=60')
})

t.test('a launch that failed is answered with the same 502 again', async t => {
  const fastify = await build(t, { apps })
  const payload = { appId: 'crash' }
  const first = await post(fastify, { prefer: 'wait=60', payload })
  t.match(first.json(), { code: 'launch-failed', session: { id: 1, stop: { exitCode: 3 } } })
  const again = await post(fastify, { payload })
  t.same(told(again), told(first))
  t.equal(again.statusCode, 502)
  t.equal(await sessionCount(fastify), 1)
})

t.test('a refusal is not kept: the same key launches when it is possible', async t => {
  const fastify = await build(t, { apps, limits: { maxSessions: 1 } })
  await post(fastify, { key: 'other' })
  t.match((await post(fastify)).json(), { code: 'too-many-sessions' })
  t.match((await post(fastify, { payload: { appId: 'missing' } })).json(), { code: 'app-not-found' })
  t.match((await post(fastify, { payload: { appId: 7 } })).json(), { code: 'invalid-request' })
  await stop(fastify, 1)
  await until(fastify, 1, 'stopped')
  const response = await post(fastify)
  t.equal(response.statusCode, 201)
  t.notOk(response.headers['idempotent-replayed'])
})

t.test('a key is 1 to 255 visible ASCII characters', async t => {
  const fastify = await build(t, { apps })
  const long = 'x'.repeat(255)
  for (const key of ['', '""', '"', '"open', '"a"b"', '"a";b', 'a b', 'ä', `${long}x`, `"${long}x"`, 'y'.repeat(513)]) {
    const response = await post(fastify, { key })
    t.match(response.json(), { code: 'invalid-request', errors: [{ pointer: '/headers/idempotency-key' }] }, key)
  }
  for (const key of ['~', long]) t.equal((await post(fastify, { key })).statusCode, 201)
  t.equal((await post(fastify, { key: `"${long}"` })).headers['idempotent-replayed'], 'true')
})

t.test('answers are kept across a restart', async t => {
  const stateDir = await temporaryFolder(t)
  const earlier = await build(t, { apps, stateDir })
  const first = await post(earlier)
  await earlier.close()
  const fastify = await build(t, { apps, stateDir })
  t.same(told(await post(fastify)), told(first))
  t.match((await post(fastify, { payload: { appId: 'crash' } })).json(), { status: 422 })
})

t.test('a client that left before the answer gets it when it comes back, from the session as it is then', async t => {
  const go = join(await temporaryFolder(t), 'go')
  const fastify = await build(t, { apps })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/sessions`
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'k1', prefer: 'wait=60' }
  const payload = { appId: 'onCue', env: { GO: go } }
  const launched = new Promise(resolve => fastify.registry.subscribe(resolve))
  const impatient = httpRequest(url, { method: 'POST', headers }).on('error', () => {})
  impatient.end(JSON.stringify(payload))
  await launched
  const left = new Promise(resolve => impatient.on('close', resolve))
  impatient.destroy()
  await left
  await writeFile(go, '')

  let response = await post(fastify, { prefer: 'wait=60', payload })
  while (response.statusCode === 409) response = await post(fastify, { prefer: 'wait=60', payload })
  t.equal(response.statusCode, 201)
  t.match(response.json(), { id: 1, state: 'running' })
  t.equal(response.headers['idempotent-replayed'], 'true')
  t.same(told(await post(fastify, { payload })), told(response), 'from now on that is the answer')
  t.equal(await sessionCount(fastify), 1)
})

t.test('after a day the key is a new one', async t => {
  const fastify = await build(t, { apps })
  await post(fastify)
  dayPasses(fastify)
  const response = await post(fastify, { payload: { appId: 'idle', labels: { turn: 'second' } } })
  t.match(response.json(), { id: 2, labels: { turn: 'second' } })
  t.notOk(response.headers['idempotent-replayed'])
})

t.test('a clock that jumps ahead frees no key, also after a restart', async t => {
  const stateDir = await temporaryFolder(t)
  const fastify = await build(t, { apps, stateDir })
  const first = await post(fastify, { key: 'kept' })
  const { now } = Date
  t.teardown(() => Object.assign(Date, { now }))
  Date.now = () => now() + 10 * 365 * 24 * 3_600_000
  await fastify.gateway.retention.run()
  t.equal((await post(fastify, { key: 'kept' })).body, first.body)
  await fastify.close()
  const next = await build(t, { apps, stateDir })
  await next.gateway.retention.run()
  t.equal((await post(next, { key: 'kept' })).body, first.body)
})

t.test('retention forgets keys after a day, in bounded steps, and no sooner', async t => {
  const fastify = await build(t, { apps })
  const { idempotencyKeys } = fastify.gateway.store
  const database = new DatabaseSync(fastify.gateway.stateFolder.database)
  const insert = database.prepare("INSERT INTO launch_keys VALUES ('', ?, 'x', 1, ?, NULL)")
  for (let key = 0; key < 2_500; key++) insert.run(`old-${key}`, Date.now() - 25 * 3_600_000)
  await post(fastify, { key: 'young' })
  t.equal(idempotencyKeys.prune(Date.now() - 24 * 3_600_000), 1_000)
  await fastify.gateway.retention.run()
  t.same(database.prepare('SELECT key FROM launch_keys').all(), [{ key: 'young' }])
  database.close()
})

t.test('an answer outlives its session; a launch that was never answered is not repeated without it', async t => {
  const fastify = await build(t, { apps, retention: { sessionsMaxCount: 0, sessionsMaxAgeMs: 0 } })
  const first = await post(fastify, { key: 'answered' })
  const payload = { appId: 'idle' }
  const unanswered = { sender: '', key: 'unanswered', fingerprint: fingerprintOf(payload) }
  await fastify.gateway.launcher.launch(payload, unanswered)
  for (const id of [1, 2]) {
    await stop(fastify, id)
    await until(fastify, id, 'stopped')
  }
  await fastify.gateway.retention.run()
  t.same(told(await post(fastify, { key: 'answered' })), told(first))
  t.match((await post(fastify, { key: 'unanswered' })).json(), { status: 404, code: 'session-not-found' })
  t.equal(await sessionCount(fastify), 0)
})

t.test('keys belong to their sender: nobody is answered with the launch of another', async t => {
  const { idempotency, launcher } = (await build(t, { apps })).gateway
  const payload = { appId: 'idle' }
  const of = (sender: string) => idempotency.attempt({ sender, key: 'k1', fingerprint: fingerprintOf(payload) })
  const own = of('alice')
  await launcher.launch(payload, own.key)
  await own.settle({ status: 201, headers: {}, body: 'told to alice' })
  const other = of('bob')
  t.notOk(other.answer)
  t.equal(other.sessionId, undefined)
  t.equal(of('alice').answer?.body, 'told to alice')
})

t.test('a token is not answered with the launch of another, nor with one that it does not see any more', async t => {
  const [alice, bob] = [holder('alice'), holder('bob')]
  const config = await configure(t, { apps, tokens: [alice.entry, bob.entry] })
  const fastify = await buildFrom(t, config)
  const postAs = ({ headers }: Holder) =>
    fastify.inject({
      method: 'POST',
      url: '/sessions',
      headers: { ...headers, 'idempotency-key': 'k1' },
      payload: { appId: 'idle' }
    })
  const first = await postAs(alice)
  const other = await postAs(bob)
  t.equal(other.statusCode, 201)
  t.not(other.json().id, first.json().id)
  t.notOk(other.headers['idempotent-replayed'])
  t.same(told(await postAs(alice)), told(first))

  fastify.gateway.access.reload([{ ...alice.entry, apps: ['crash'] }, bob.entry])
  t.match((await postAs(alice)).json(), { status: 404, code: 'app-not-found' })
  fastify.gateway.access.reload([{ ...alice.entry, scopes: ['read'] }, bob.entry])
  t.match((await postAs(alice)).json(), { status: 403, code: 'forbidden' })
  t.same(told(await postAs(bob)), told(other))
})
