import t from 'tap'
import { openNdjson, openSse, openWebSocket } from '../clients.ts'
import { build, launch, shell, until } from '../helper.ts'

const apps = { quick: shell('exit 0'), wanted: shell('echo READY; exec sleep 600') }

for (const [name, connect] of Object.entries({ WebSocket: openWebSocket, SSE: openSse, NDJSON: openNdjson })) {
  t.test(`${name}: with the cursor of a Heartbeat a filtered client comes back without a Gap that is none`, async t => {
    const fastify = await build(t, { apps, retention: { eventsMaxCount: 1 } })
    const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events?appId=wanted`
    const client = await connect(t, `${url}&heartbeatMs=100`)
    const hello = await client.until(({ type }) => type === 'Hello')
    const { store } = fastify.gateway
    t.match(hello, { heartbeatMs: 100, cursor: `${store.epoch}.0`, time: /^\d{4}-.*Z$/ })
    const snapshot = await client.until(({ type }) => type === 'Snapshot')
    t.match(snapshot, { cursor: `${store.epoch}.0`, time: /^\d{4}-.*Z$/ })
    const { id } = await launch(fastify, 'wanted')
    await until(fastify, id, 'ready')
    for (let turn = 0; turn < 3; turn++) await until(fastify, (await launch(fastify, 'quick')).id, 'stopped')

    const cursor = `${store.epoch}.${store.head}`
    const heartbeat = await client.until(message => message.type === 'Heartbeat' && message.cursor === cursor)
    t.match(heartbeat, { type: 'Heartbeat', cursor, time: /^\d{4}-.*Z$/, ...(name === 'SSE' && { sseId: cursor }) })
    const last = client.events.at(-1)
    t.equal(last?.type, 'AppReady')
    client.leave()
    await fastify.gateway.retention.run()

    const withoutIt = await connect(t, `${url}&since=${last?.id}`)
    await withoutIt.until(({ type }) => type === 'Snapshot')
    t.same(withoutIt.types, ['Hello', 'Gap', 'Snapshot'])
    const withIt = await connect(t, `${url}&since=${cursor}`)
    await launch(fastify, 'wanted')
    await withIt.until(({ type }) => type === 'Launched')
    t.same(withIt.types, ['Hello', 'Launched'])
    t.equal(withIt.messages[0]?.cursor, cursor)
  })
}

t.test('a Heartbeat tells of no event that was not sent before', async t => {
  const fastify = await build(t, { apps })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const clients = await Promise.all([openWebSocket, openNdjson].map(connect => connect(t, `${url}?heartbeatMs=100`)))
  for (let turn = 0; turn < 20; turn++) await until(fastify, (await launch(fastify, 'quick')).id, 'stopped')
  for (const client of clients) {
    await client.until(({ type, cursor }) => type === 'Heartbeat' && String(cursor).endsWith('.40'))
    let seen = 0
    for (const { type, seq, cursor } of client.messages) {
      if (type === 'Heartbeat') t.equal(Number(String(cursor).split('.')[1]), seen)
      else if (type !== 'Hello' && seq !== undefined) seen = seq
    }
  }
})

t.test('the interval has bounds', async t => {
  const fastify = await build(t, { apps })
  for (const heartbeatMs of ['0', '99', '3600001', 'often']) {
    const { statusCode } = await fastify.inject(`/events?heartbeatMs=${heartbeatMs}`)
    t.equal(statusCode, 400, heartbeatMs)
  }
})
