import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { Session } from '../../src/session/session.ts'
import { build, shell } from '../helper.ts'
import { type Holder, holder } from '../tokens.ts'

const idle = shell('echo secret of $WEFT_APP_ID; echo READY; exec sleep 1000', { maxSessions: 3 })
const apps = { 'ours.a': idle, 'ours.b': idle, 'theirs.a': idle, ours: idle }

const owner = holder('owner')
const ours = holder('ours', ['read', 'launch', 'stop'], ['ours.*'])

/** One session of each app: 1 ours.a, 2 theirs.a, 3 ours.b, 4 ours, all ready. */
async function gateway(t: Test): Promise<FastifyInstance> {
  const fastify = await build(t, { apps, tokens: [owner.entry, ours.entry] })
  for (const appId of ['ours.a', 'theirs.a', 'ours.b', 'ours']) {
    const { statusCode } = await post(fastify, owner, { appId, labels: { team: 'x' } }, { prefer: 'wait=60' })
    t.equal(statusCode, 201, appId)
  }
  return fastify
}

const post = (fastify: FastifyInstance, { headers }: Holder, payload: object, more = {}) =>
  fastify.inject({ method: 'POST', url: '/sessions', headers: { ...headers, ...more }, payload })

async function get(fastify: FastifyInstance, url: string, { headers }: Holder = ours) {
  return (await fastify.inject({ url, headers: { accept: 'application/json', ...headers } })).json()
}

const appIdsOf = (sessions: readonly Session[]) => sessions.map(({ appId }) => appId)

t.test('a token sees the apps of its patterns, and no others', async t => {
  const fastify = await gateway(t)
  t.same(
    (await get(fastify, '/apps')).items.map(({ id }: { id: string }) => id),
    ['ours.a', 'ours.b']
  )
  t.equal((await get(fastify, '/apps/ours.a')).id, 'ours.a')
  const [hidden, missing] = [await get(fastify, '/apps/theirs.a'), await get(fastify, '/apps/theirs.x')]
  t.match(hidden, { status: 404, code: 'app-not-found' })
  t.same(JSON.parse(JSON.stringify(hidden).replaceAll('theirs.a', 'theirs.x')), missing, 'as if it were not there')
})

t.test('no filter of the list brings out sessions of other apps', async t => {
  const fastify = await gateway(t)
  const visible = ['ours.a', 'ours.b']
  for (const query of ['', '?label=team=x', '?state=running', '?limit=1000', '?state=running&label=team=x']) {
    t.same(appIdsOf((await get(fastify, `/sessions${query}`)).items), visible, query)
  }
  for (const query of [
    '?appId=theirs.a',
    '?appId=ours',
    '?appId=theirs.a&appId=ours',
    '?appId=theirs.a&label=team=x'
  ]) {
    t.same((await get(fastify, `/sessions${query}`)).items, [], query)
  }
  t.same(appIdsOf((await get(fastify, '/sessions?appId=theirs.a&appId=ours.b')).items), ['ours.b'])
  for (const query of ['?appId=*', '?appId=theirs.*', '?appId=%25']) {
    t.equal((await get(fastify, `/sessions${query}`)).status, 400, query)
  }
})

t.test('pages of the list are whole, however many sessions of other apps lie between', async t => {
  const fastify = await gateway(t)
  for (const appId of ['theirs.a', 'theirs.a', 'ours.a', 'ours']) await post(fastify, owner, { appId })
  const pages: number[][] = []
  let page = await get(fastify, '/sessions?limit=2')
  pages.push(page.items.map(({ id }: Session) => id))
  while (page.nextCursor) {
    page = await get(fastify, `/sessions?limit=2&cursor=${page.nextCursor}`)
    pages.push(page.items.map(({ id }: Session) => id))
  }
  t.same(pages, [[1, 3], [7]])
  t.same(
    (await get(fastify, '/sessions?limit=2', owner)).items.map(({ id }: Session) => id),
    [1, 2]
  )
})

t.test('a cursor of somebody who sees more is a place, not a key', async t => {
  const fastify = await gateway(t)
  const { nextCursor } = await get(fastify, '/sessions?limit=1', owner)
  const { items } = await get(fastify, `/sessions?limit=10&cursor=${nextCursor}`)
  t.same(appIdsOf(items), ['ours.b'])
})

t.test('a session of another app is answered as one that never was, whatever is asked of it', async t => {
  const fastify = await gateway(t)
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/wait'],
    ['GET', '/wait?for=ready&timeoutMs=0'],
    ['GET', '/logs'],
    ['GET', '/logs?follow=true'],
    ['GET', '/logs?tail=0&stream=stderr'],
    ['DELETE', ''],
    ['DELETE', '?force=true']
  ] as const) {
    const call = (id: number) => fastify.inject({ method, url: `/sessions/${id}${path}`, headers: ours.headers })
    const [hidden, missing] = [await call(2), await call(99)]
    t.match(hidden.json(), { status: 404, code: 'session-not-found' }, `${method} ${path}`)
    t.equal(hidden.body.replace(/\b2\b/g, '99'), missing.body, `${method} ${path}`)
    t.notMatch(hidden.body, 'theirs')
    const own = await fastify.inject({ url: '/sessions/1', headers: ours.headers })
    t.equal(own.json().appId, 'ours.a')
  }
  for (const id of [2, 4]) t.equal((await get(fastify, `/sessions/${id}`, owner)).state, 'running', 'it runs on')
  const headers = { ...ours.headers, prefer: 'wait=1' }
  t.equal((await fastify.inject({ method: 'DELETE', url: '/sessions/2', headers })).statusCode, 404)
})

t.test('a token launches the apps of its patterns, and others are not there', async t => {
  const fastify = await gateway(t)
  t.equal((await post(fastify, ours, { appId: 'ours.a' })).statusCode, 201)
  for (const appId of ['theirs.a', 'ours', 'theirs.x']) {
    const response = await post(fastify, ours, { appId })
    t.match(response.json(), { status: 404, code: 'app-not-found' }, appId)
  }
  // Not told by another answer either: of an app that is hidden neither the limit nor its variables matter.
  for (let i = 0; i < 2; i++) await post(fastify, owner, { appId: 'theirs.a' })
  t.equal((await post(fastify, owner, { appId: 'theirs.a' })).statusCode, 429)
  t.equal((await post(fastify, ours, { appId: 'theirs.a', env: { X: 'y' } })).statusCode, 404)
  t.equal((await get(fastify, '/sessions?limit=1000', owner)).items.length, 7)
})

t.test('a runtime runs apps outside the catalogue for those who see them', async t => {
  const runtimeBin = `${import.meta.dirname}/../fixtures/runtime.sh`
  const fastify = await build(t, { runtimeBin, tokens: [ours.entry] })
  t.equal((await post(fastify, ours, { appId: 'ours.new' })).statusCode, 201)
  t.equal((await post(fastify, ours, { appId: 'theirs.new' })).statusCode, 404)
})

t.test('a launch that was made under a key is not told to another token', async t => {
  const fastify = await gateway(t)
  const key = { 'idempotency-key': 'the-key-of-owner' }
  const payload = { appId: 'ours.b' }
  const first = await post(fastify, owner, payload, key)
  t.equal(first.statusCode, 201)
  t.equal((await post(fastify, owner, payload, key)).json().id, first.json().id)
  const other = await post(fastify, ours, payload, key)
  t.equal(other.statusCode, 201)
  t.not(other.json().id, first.json().id, 'the same key of another token is another launch')
  const hidden = { appId: 'theirs.a' }
  await post(fastify, owner, hidden, { 'idempotency-key': 'hidden' })
  t.equal((await post(fastify, ours, hidden, { 'idempotency-key': 'hidden' })).statusCode, 404)
})

t.test('numbers of all apps are for those who see all apps', async t => {
  const fastify = await gateway(t)
  t.match(await get(fastify, '/metrics'), { status: 403, code: 'forbidden' })
  const { statusCode } = await fastify.inject({ url: '/metrics', headers: owner.headers })
  t.equal(statusCode, 200)
})
