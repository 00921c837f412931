import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { type Connect, type Message, openNdjson, openSse, openWebSocket } from '../clients.ts'
import { build, shell } from '../helper.ts'
import { type Holder, holder } from '../tokens.ts'

const idle = shell('echo READY; exec sleep 1000')
const apps = { 'ours.a': idle, 'theirs.a': idle }

const owner = holder('owner')
const ours = holder('ours', ['read'], ['ours.*'])

const forms: Record<string, Connect> = { WebSocket: openWebSocket, SSE: openSse, NDJSON: openNdjson }

async function gateway(t: Test) {
  const fastify = await build(t, { apps, tokens: [owner.entry, ours.entry] })
  return { fastify, url: `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events` }
}

async function launch(fastify: FastifyInstance, appId: string): Promise<number> {
  const headers = { ...owner.headers, prefer: 'wait=60' }
  const payload = { appId, labels: { team: 'x' } }
  return (await fastify.inject({ method: 'POST', url: '/sessions', headers, payload })).json().id
}

async function stop(fastify: FastifyInstance, id: number): Promise<void> {
  const headers = { ...owner.headers, prefer: 'wait=60' }
  await fastify.inject({ method: 'DELETE', url: `/sessions/${id}?force=true`, headers })
}

/** All that a client was told of sessions. */
function toldOf(messages: readonly Message[]): string[] {
  return messages.flatMap(({ type, session, sessions = [] }) =>
    [...sessions, ...(session ? [session] : [])].map(({ id, appId }) => `${type} ${id} ${appId}`)
  )
}

for (const [form, connect] of Object.entries(forms)) {
  t.test(`${form}: Snapshot, live events and what was missed are those of the token's apps`, async t => {
    const { fastify, url } = await gateway(t)
    const [a, b] = [await launch(fastify, 'ours.a'), await launch(fastify, 'theirs.a')]
    const live = await connect(t, url, ours.headers)
    await live.until(({ type }) => type === 'Snapshot')
    await stop(fastify, b)
    const c = await launch(fastify, 'theirs.a')
    await stop(fastify, a)
    await live.until(({ type }) => type === 'Stopped')
    const expected = [`Snapshot ${a} ours.a`, `Stopping ${a} ours.a`, `Stopped ${a} ours.a`]
    t.same(toldOf(live.messages), expected)
    t.notMatch(JSON.stringify(live.messages), 'theirs')

    const { epoch } = fastify.gateway.store
    const resumed = await connect(t, `${url}?since=${epoch}.0`, ours.headers)
    await resumed.until(({ type }) => type === 'Stopped')
    const missed = ['Launched', 'AppReady', 'Stopping', 'Stopped'].map(type => `${type} ${a} ours.a`)
    t.same(toldOf(resumed.messages), missed)
    const behind = await connect(t, `${url}?since=${epoch}.9999`, ours.headers)
    await behind.until(({ type }) => type === 'Snapshot')
    t.same(behind.types, ['Hello', 'Gap', 'Snapshot'])
    t.same(toldOf(behind.messages), [], `session ${c} is not theirs`)
  })

  t.test(`${form}: no filter brings out events of other apps`, async t => {
    const { fastify, url } = await gateway(t)
    const { epoch } = fastify.gateway.store
    const hidden = await launch(fastify, 'theirs.a')
    const filters = ['appId=theirs.a', `sessionId=${hidden}`, 'label=team=x', 'type=Launched&type=Stopped']
    const queries = filters.flatMap(filter => [filter, `${filter}&since=${epoch}.0`])
    const clients = await Promise.all(queries.map(query => connect(t, `${url}?${query}`, ours.headers)))
    await Promise.all(clients.map(client => client.until(({ type }) => type === 'Hello')))
    const seen = await connect(t, url, ours.headers)
    await stop(fastify, hidden)
    await launch(fastify, 'ours.a')
    await seen.until(({ type }) => type === 'AppReady')
    for (const [index, client] of clients.entries()) {
      t.notMatch(JSON.stringify(client.messages), 'theirs', queries[index] ?? '')
    }
  })
}

t.test('JSON: pages of history are whole, and of the apps of the token', async t => {
  const { fastify } = await gateway(t)
  const { epoch } = fastify.gateway.store
  for (const appId of ['theirs.a', 'ours.a', 'theirs.a', 'theirs.a', 'ours.a']) await launch(fastify, appId)
  const page = async (query: string, { headers }: Holder = ours) =>
    (await fastify.inject({ url: `/events?${query}`, headers: { accept: 'application/json', ...headers } })).json()
  const all = await page('limit=1000')
  t.same(toldOf(all.items), ['Launched 2 ours.a', 'AppReady 2 ours.a', 'Launched 5 ours.a', 'AppReady 5 ours.a'])
  const first = await page(`limit=3&since=${epoch}.0`)
  t.same(toldOf(first.items), toldOf(all.items).slice(0, 3))
  t.same(toldOf((await page(`limit=3&since=${first.cursor}`)).items), toldOf(all.items).slice(3))
  for (const query of ['appId=theirs.a', 'sessionId=1', 'sessionId=1&label=team=x', 'type=Launched&appId=theirs.a']) {
    t.same((await page(query)).items, [], query)
  }
  t.equal((await page('limit=1000', owner)).items.length, 10)
})
