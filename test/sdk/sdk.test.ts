import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { tryKill } from '../gateway-process.ts'
import { build, shell, type TestOptions, until } from '../helper.ts'
import { skipWithout } from '../skip-without.ts'
import { tmpfs } from '../tmpfs.ts'
import { holder } from '../tokens.ts'
import { type GeneratorName, generateSdk, generators } from './generate.ts'
import type { Answer, Connect, Sdk } from './sdk.ts'
import { serveTomorrow, valuesOfTomorrow } from './tomorrow.ts'

const apps = {
  steady: shell('echo READY; echo hello; exec sleep 60', { clientEnv: ['TEXT'] }),
  crash: shell('echo sorry >&2; exit 3'),
  slow: shell('exec sleep 60')
}

const skip = skipWithout('openapi-typescript', import.meta.url)

for (const name of Object.keys(generators) as GeneratorName[]) {
  t.test(`an SDK of ${name} compiles, and drives a gateway`, skip, async t => {
    const connect = await generateSdk(t, name)
    await t.test('through the life of a session', t => live(t, connect))
    await t.test('through a list of pages', t => turnPages(t, connect))
    await t.test('and tells every error of a request', t => fail(t, connect))
    await t.test('and of a gateway in trouble', t => failInTrouble(t, connect))
    await t.test('and reads answers of tomorrow', t => readTomorrow(t, connect))
  })
}

async function start(t: Test, options: TestOptions = {}) {
  const fastify = await build(t, { apps, ...options })
  return { fastify, baseUrl: await fastify.listen({ port: 0 }) }
}

async function connectTo(t: Test, connect: Connect): Promise<Sdk> {
  return connect((await start(t)).baseUrl, {})
}

async function live(t: Test, connect: Connect): Promise<void> {
  const sdk = await connectTo(t, connect)
  const { status, data: session } = await sdk.launch({ appId: 'steady', labels: { team: 'a' } }, { waitMs: 60_000 })
  t.equal(status, 201)
  t.match(session, { appId: 'steady', state: 'running', labels: { team: 'a' } })
  const id = session?.id ?? 0
  t.match(await sdk.wait(id, 'ready'), { status: 200, data: { id, state: 'running' } })
  t.match(await sdk.get(id), { status: 200, data: { id } })
  t.match(await sdk.stop(id), { status: 202, data: { id, state: 'stopping' } })
  const stop = { reason: 'terminated', survivors: 0 }
  t.match(await sdk.wait(id, 'stopped'), { status: 200, data: { state: 'stopped', stop } })
  t.match(await sdk.stop(id), { status: 200, data: { state: 'stopped' } })
  t.match(await sdk.logs(id), { status: 200, data: ['READY', 'hello'] })
  const types = ['Launched', 'AppReady', 'Stopping', 'Stopped'].map(type => `${type} ${id}`)
  t.same((await sdk.history({ sessionId: [id] })).data, types)
  t.match(await sdk.app('steady'), { status: 200, data: { id: 'steady', clientEnv: ['TEXT'] } })
  t.match(await sdk.explain('internal'), { status: 200, data: /^Internal error/ })
}

async function turnPages(t: Test, connect: Connect): Promise<void> {
  const sdk = await connectTo(t, connect)
  const ids: number[] = []
  for (let n = 0; n < 5; n++)
    ids.push((await sdk.launch({ appId: 'slow', labels: { n: String(n % 2) } })).data?.id ?? 0)
  const seen: number[] = []
  for (let cursor: string | undefined; ; ) {
    const { data } = await sdk.list({ limit: 2, ...(cursor && { cursor }) })
    seen.push(...(data?.items ?? []).map(({ id }) => id))
    cursor = data?.nextCursor
    if (!cursor) break
  }
  t.same(seen, ids)
  const ofOne = (await sdk.list({ label: ['n=1'] })).data?.items.map(({ id }) => id)
  t.same(ofOne, [ids[1], ids[3]])
}

async function fail(t: Test, connect: Connect): Promise<void> {
  const { fastify, baseUrl } = await start(t, { limits: { maxSessions: 1 } })
  const sdk = connect(baseUrl, {})
  const is = expecting(t)
  await is(sdk.launch({ appId: 'not an id' }), 400, 'invalid-request')
  await is(connect(baseUrl, { origin: 'https://example.org' }).app('steady'), 403, 'forbidden')
  await is(sdk.launch({ appId: 'nobody' }), 404, 'app-not-found')
  await is(sdk.app('nobody'), 404, 'app-not-found')
  for (const call of [sdk.get, sdk.stop, sdk.logs]) await is(call(99), 404, 'session-not-found')
  await is(sdk.wait(99, 'ready'), 404, 'session-not-found')
  await is(sdk.explain('nonsense'), 404, 'not-found')
  await is(sdk.history({ since: 'other.1' }), 410, 'cursor-expired')
  await is(sdk.launch({ appId: 'steady', env: { TEXT: 'x'.repeat(70_000) } }), 413, 'payload-too-large')
  await is(sdk.launch({ appId: 'crash' }, { waitMs: 60_000 }), 502, 'launch-failed')
  const keyed = sdk.launch({ appId: 'slow' }, { waitMs: 1_000, 'idempotency-key': 'one' })
  while (fastify.registry.live.length === 0) await new Promise(setImmediate)
  await is(sdk.launch({ appId: 'slow' }, { waitMs: 1_000, 'idempotency-key': 'one' }), 409, 'idempotency-in-flight')
  await keyed
  await is(sdk.launch({ appId: 'steady' }, { 'idempotency-key': 'one' }), 422, 'idempotency-mismatch')
  await is(sdk.launch({ appId: 'slow' }), 429, 'too-many-sessions')
  await fastify.gateway.launcher.stopAll({ force: true })
  await is(sdk.launch({ appId: 'slow' }), 503, 'draining')
  const owner = holder('owner')
  const guarded = await start(t, { tokens: [owner.entry] })
  await is(connect(guarded.baseUrl, {}).app('steady'), 401, 'unauthorized')
  const { status } = await connect(guarded.baseUrl, { ...owner.headers }).app('steady')
  t.equal(status, 200)
}

/** All but what a typed SDK can't send (405, 406, 415, 421) and what must not happen (500). */
async function failInTrouble(t: Test, connect: Connect): Promise<void> {
  const is = expecting(t)
  const busy = connect((await start(t, { limits: { requestsPerMinute: 1 } })).baseUrl, {})
  await busy.app('steady')
  await is(busy.app('steady'), 429, 'rate-limited')

  const { fastify, baseUrl } = await start(t)
  tryKill(fastify.supervisor.welcome?.pid as number)
  while (fastify.supervisor.isUsable) await new Promise(setImmediate)
  await is(connect(baseUrl, {}).launch({ appId: 'slow' }), 503, 'supervisor-unavailable')

  const disk = await tmpfs(t, '3m')
  if (!disk) return t.comment('no disk can be mounted, so none is full')
  const full = await start(t, { stateDir: join(disk, 'state') })
  await writeFile(join(disk, 'filler'), Buffer.alloc(8_388_608)).catch(() => {})
  let { code } = await connect(full.baseUrl, {}).launch({ appId: 'slow' })
  // The write-ahead log may have some room left.
  while (code === undefined) code = (await connect(full.baseUrl, {}).launch({ appId: 'crash' })).code
  t.equal(code, 'storage-unavailable')
  await rm(join(disk, 'filler'))
}

async function readTomorrow(t: Test, connect: Connect): Promise<void> {
  const { fastify, baseUrl } = await start(t)
  const sdk = connect(await serveTomorrow(t, baseUrl), {})
  await sdk.launch({ appId: 'steady' }, { waitMs: 60_000 })
  await sdk.stop(1)
  await until(fastify, 1, 'stopped')
  await sdk.launch({ appId: 'slow' })
  const { SessionState, StopReason, EventType, ErrorCode } = valuesOfTomorrow
  const items = [{ state: 'stopped', stop: { reason: StopReason } }, { state: SessionState }]
  t.match(await sdk.list({}), { status: 200, data: { items } })
  const types = [`${EventType} 1`, 'AppReady undefined', 'Stopping 1', 'Stopped 1']
  t.same((await sdk.history({ sessionId: [1] })).data?.slice(0, 4), types)
  t.match(await sdk.get(99), { status: 404, code: ErrorCode })
}

function expecting(t: Test) {
  return async (answer: Promise<Answer<unknown>>, status: number, code: string) => {
    const { data: _, ...rest } = await answer
    t.same(rest, { status, code })
  }
}
