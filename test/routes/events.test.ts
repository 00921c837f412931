import t, { type Test } from 'tap'
import type { WebSocket } from 'ws'
import { type Client, clientOf, open, openNdjson, openSse, openWebSocket } from '../clients.ts'
import { build, launch, shell, stop, type TestOptions, until } from '../helper.ts'

const idle = shell('echo READY; exec sleep 1000')
const told = shell('echo \'READY {"name":"ünïcode \\u2028"}\'; exec sleep 1000')
const streams = { WebSocket: openWebSocket, SSE: openSse, NDJSON: openNdjson }

async function serve(t: Test, options: TestOptions = { apps: { idle, told } }) {
  const fastify = await build(t, options)
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const history = async (query = '') =>
    (await fastify.inject({ url: `/events${query}`, headers: { accept: 'application/json' } })).json()
  /** A whole life: four events. */
  const live = async (appId: string, members: object = {}) => {
    const { id } = await launch(fastify, appId, members)
    await until(fastify, id, 'ready')
    await stop(fastify, id)
    await until(fastify, id, 'stopped')
    return id
  }
  return { fastify, url, history, live }
}

const isSnapshot = ({ type }: { type: string }) => type === 'Snapshot'

/** Without what only one of the transports has. */
const plain = ({ events }: Client) => events.map(({ sseId: _, sseEvent: __, ...event }) => event)

for (const [name, connect] of Object.entries(streams)) {
  t.test(`${name}: Hello, then what is, then what happens`, async t => {
    const { fastify, url, history } = await serve(t)
    await launch(fastify, 'idle', { labels: { team: 'a' } })
    await until(fastify, 1, 'ready')
    const { usage, ...session } = (await fastify.inject('/sessions/1')).json()
    t.ok(usage, 'which is in no event')
    const client = await connect(t, url)
    await client.until(isSnapshot)
    const [hello, snapshot] = client.messages
    const [epoch] = (await history()).cursor.split('.')
    t.match(hello, {
      type: 'Hello',
      epoch,
      seq: 2,
      serverId: fastify.gateway.feed.serverId,
      heartbeatMs: Number
    })
    t.same(snapshot?.sessions, [session])
    await stop(fastify, 1)
    await client.until(({ type }) => type === 'Stopped')
    t.same(client.types, ['Hello', 'Snapshot', 'Stopping', 'Stopped'])
    t.same(plain(client), (await history(`?since=${epoch}.2`)).items)
    t.same(client.events.at(-1)?.session, (await fastify.inject('/sessions/1')).json())
  })

  t.test(`${name}: with since come Hello, what was missed, and then what happens, without a snapshot`, async t => {
    const { fastify, url, history, live } = await serve(t)
    await live('told')
    const { items } = await history()
    const client = await connect(t, `${url}?since=${items[1].id}`)
    await client.untilSeq(4)
    await launch(fastify, 'idle')
    await client.untilSeq(6)
    t.same(client.types, ['Hello', 'Stopping', 'Stopped', 'Launched', 'AppReady'])
    t.same(plain(client), (await history()).items.slice(2))
  })

  t.test(`${name}: since in the future, of another log or too old is answered with Gap and Snapshot`, async t => {
    const { fastify, url, history } = await serve(t)
    await launch(fastify, 'idle')
    await until(fastify, 1, 'ready')
    const [epoch] = (await history()).cursor.split('.')
    for (const since of [`${epoch}.3`, `${epoch}.9007199254740991`, 'other.1', 'other.0']) {
      const client = await connect(t, `${url}?since=${since}`)
      const { sessions } = await client.until(isSnapshot)
      t.same(client.types, ['Hello', 'Gap', 'Snapshot'], since)
      t.equal(sessions?.length, 1)
      client.leave()
    }
    const upToDate = await connect(t, `${url}?since=${epoch}.2`)
    await stop(fastify, 1)
    await upToDate.until(({ type }) => type === 'Stopped')
    t.same(upToDate.types, ['Hello', 'Stopping', 'Stopped'])
  })

  t.test(`${name}: filters pick types, sessions, apps and labels, of the snapshot as of the events`, async t => {
    const { fastify, url, live } = await serve(t)
    await launch(fastify, 'idle', { labels: { team: 'a', tier: 'x=y' } })
    await launch(fastify, 'told', { labels: { team: 'a' } })
    const seen = async (query: string, after: object = {}) => {
      const client = await connect(t, `${url}?${query}`)
      const { sessions } = await client.until(isSnapshot)
      const id = await live('told', after)
      await live('idle', { labels: { last: 'yes', team: 'a', tier: 'x=y' } })
      return { client, id, ids: sessions?.map(session => session.id) }
    }
    const byType = await seen('type=Launched&type=Stopped')
    await byType.client.until(({ type, session }) => type === 'Stopped' && session?.labels.last === 'yes')
    t.same(byType.client.types, ['Hello', 'Snapshot', 'Launched', 'Stopped', 'Launched', 'Stopped'])
    t.same(byType.ids, [1, 2], 'a snapshot has no types')

    const byApp = await seen('appId=idle')
    await byApp.client.until(({ type, session }) => type === 'Stopped' && session?.labels.last === 'yes')
    t.same(new Set(byApp.client.events.map(({ session }) => session?.appId)), new Set(['idle']))
    t.same(byApp.ids, [1])

    const byLabel = await seen('label=team=a&label=tier=x%3Dy', { labels: { team: 'a' } })
    await byLabel.client.until(({ type }) => type === 'Stopped')
    t.same(byLabel.ids, [1])
    t.same(new Set(byLabel.client.events.map(({ session }) => session?.labels.last)), new Set(['yes']))

    const bySession = await connect(t, `${url}?sessionId=1&sessionId=2`)
    await bySession.until(isSnapshot)
    await live('idle')
    for (const id of [2, 1]) {
      await stop(fastify, id)
      await until(fastify, id, 'stopped')
    }
    await bySession.until(({ type, session }) => type === 'Stopped' && session?.id === 1)
    t.same(
      bySession.events.map(({ type, session }) => `${type} ${session?.id}`),
      ['Stopping 2', 'Stopped 2', 'Stopping 1', 'Stopped 1']
    )
  })
}

t.test('D43: two WebSockets, an SSE and an NDJSON client see the same events in the same order', async t => {
  const { fastify, url, history } = await serve(t)
  const clients = await Promise.all([openWebSocket, openWebSocket, openSse, openNdjson].map(connect => connect(t, url)))
  await Promise.all(clients.map(client => client.until(isSnapshot)))
  const sessions = await Promise.all(Array.from({ length: 20 }, (_, n) => launch(fastify, n % 2 ? 'idle' : 'told')))
  await Promise.all(sessions.map(({ id }) => stop(fastify, id, id % 3 ? '' : '?force=true')))
  await Promise.all(sessions.map(({ id }) => until(fastify, id, 'stopped')))
  const { items } = await history('?limit=1000')
  for (const client of clients) {
    await client.untilSeq(items.at(-1).seq)
    t.same(plain(client), items)
  }
  t.same(
    items.map(({ seq }: { seq: number }) => seq),
    items.map((_: unknown, index: number) => index + 1)
  )
})

t.test('SSE has the cursor, the type and the JSON of each message, and resumes with Last-Event-ID', async t => {
  const { url, history, live } = await serve(t)
  const client = await openSse(t, url)
  await live('told')
  await client.untilSeq(4)
  const { items, cursor } = await history()
  for (const message of client.messages) t.equal(message.sseEvent, message.type)
  const [hello, snapshot, ...events] = client.messages
  t.notOk(hello?.sseId)
  t.equal(snapshot?.sseId, cursor.replace(/\d+$/, '0'))
  t.same(
    events.map(({ sseId }) => sseId),
    items.map(({ id }: { id: string }) => id)
  )
  const since = `${url}?since=${items[0].id}`
  const resumed = await openSse(t, since, { 'last-event-id': items[2].id })
  await resumed.untilSeq(4)
  t.same(resumed.types, ['Hello', 'Stopped'], 'which wins over since, as a browser says both when it reconnects')
})

t.test('the form is chosen by Accept', async t => {
  const { url } = await serve(t)
  const types = {
    'text/event-stream': 'text/event-stream',
    'application/x-ndjson': 'application/x-ndjson',
    '*/*': 'application/x-ndjson',
    'application/json': 'application/json',
    'text/html, application/json;q=0.9': 'application/json',
    'text/event-stream;q=0.5, application/json;q=0.1': 'text/event-stream'
  }
  for (const [accept, type] of Object.entries(types)) {
    const { response, request } = await open(t, url, { accept })
    t.equal(response.statusCode, 200)
    t.match(response.headers['content-type'], type, accept)
    t.equal(response.headers['cache-control'], 'no-store')
    request.destroy()
  }
})

t.test('injectWS follows events, with listeners attached in onInit', async t => {
  const { fastify } = await serve(t)
  let client: Client | undefined
  const onInit = (socket: WebSocket) => {
    client = clientOf(socket)
  }
  const headers = { host: 'localhost' }
  const socket = await fastify.injectWS('/events?type=Launched', { headers }, { onInit })
  t.teardown(() => socket.terminate())
  await client?.until(isSnapshot)
  await launch(fastify, 'idle')
  await client?.until(({ type }) => type === 'Launched')
  t.same(client?.types, ['Hello', 'Snapshot', 'Launched'])
})
