import t, { type Test } from 'tap'
import { build, shell, type TestOptions, until } from '../helper.ts'
import { skipWithout } from '../skip-without.ts'
import { bearer } from '../tokens.ts'
import { type GeneratorName, generateSdk, generators } from './generate.ts'
import { type Call, serveLastingTrouble, serveProblems } from './problem-cases.ts'
import type { Connect, Sdk } from './sdk.ts'
import { serveTomorrow, valuesOfTomorrow } from './tomorrow.ts'

const apps = {
  steady: shell('echo hello; echo READY; exec sleep 60', { clientEnv: ['TEXT'] }),
  crash: shell('echo sorry >&2; exit 3'),
  slow: shell('exec sleep 60')
}

const trouble = await serveLastingTrouble(t)
const skip = skipWithout('openapi-typescript', import.meta.url)

for (const name of Object.keys(generators) as GeneratorName[]) {
  t.test(`an SDK of ${name} compiles, and drives a gateway`, skip, async t => {
    const connect = await generateSdk(t, name)
    await t.test('through the life of a session', t => live(t, connect))
    await t.test('through a list of pages', t => turnPages(t, connect))
    await t.test('and tells every error that a call can get', t => fail(t, connect))
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
  t.match(await sdk.logs(id), { status: 200, data: ['hello', 'READY'] })
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
  for (const { call, answer } of await serveProblems(t, trouble)) {
    const { data: _, ...told } = await send(connect, call)
    t.same(told, { status: answer.status, code: answer.code })
  }
  const sdk = await connectTo(t, connect)
  for (const call of [sdk.stop, sdk.logs, (id: number) => sdk.wait(id, 'ready')])
    t.match(await call(99), { status: 404, code: 'session-not-found' })
}

function send(connect: Connect, { operation, url, token, request, idempotencyKey, waitMs }: Call) {
  const sdk = connect(url, { ...bearer(token) })
  switch (operation) {
    case 'launchSession': {
      const options = { ...(waitMs && { waitMs }), ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) }
      return sdk.launch({ appId: '', ...request }, options)
    }
    case 'getApp':
      return sdk.app('nobody')
    case 'getSession':
      return sdk.get(99)
    case 'getProblemType':
      return sdk.explain('nonsense')
    case 'listEvents':
      return sdk.history({ since: 'other.1' })
  }
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
