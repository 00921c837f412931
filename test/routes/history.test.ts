import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { openSse, openWebSocket } from '../clients.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

const apps = { idle: shell('echo READY; exec sleep 1000'), brief: shell('exit 0') }

const read = (fastify: FastifyInstance, query = '') =>
  fastify.inject({ url: `/events${query}`, headers: { accept: 'application/json' } })

t.test('history is read in pages, oldest first, and a page’s cursor is where the next one begins', async t => {
  const fastify = await build(t, { apps })
  for (let n = 0; n < 5; n++) await until(fastify, (await launch(fastify, 'brief')).id, 'stopped')
  const whole = (await read(fastify)).json().items
  t.equal(whole.length, 10)
  const pages = []
  let cursor = ''
  do {
    const page = (await read(fastify, `?limit=4${cursor && `&since=${cursor}`}`)).json()
    t.ok(page.items.length <= 4)
    pages.push(...page.items)
    if (page.cursor === cursor) break
    cursor = page.cursor
  } while (pages.length < 20)
  t.same(pages, whole)
  t.equal(cursor, whole.at(-1).id)
})

t.test('the cursor of a filtered page is past what the filter left out', async t => {
  const fastify = await build(t, { apps })
  await launch(fastify, 'idle')
  await until(fastify, 1, 'ready')
  await until(fastify, (await launch(fastify, 'brief')).id, 'stopped')
  const page = (await read(fastify, '?appId=idle')).json()
  t.same(
    page.items.map(({ type }: { type: string }) => type),
    ['Launched', 'AppReady']
  )
  t.equal(page.cursor, (await read(fastify)).json().items[3].id)
  const first = (await read(fastify, '?appId=idle&limit=1')).json()
  t.equal((await read(fastify, `?appId=idle&since=${first.cursor}`)).json().items[0].type, 'AppReady')
  t.same((await read(fastify, `?appId=idle&since=${page.cursor}`)).json().items, [])
})

t.test('an event has its cursor, its number, its time and the whole session as it was', async t => {
  const fastify = await build(t, { apps })
  await launch(fastify, 'idle', { labels: { team: 'a' } })
  await until(fastify, 1, 'ready')
  const { usage, ...running } = (await fastify.inject('/sessions/1')).json()
  t.ok(usage, 'which is sampled, not recorded')
  await stop(fastify, 1)
  const stopped = await until(fastify, 1, 'stopped')
  const { items, cursor } = (await read(fastify)).json()
  const [epoch] = cursor.split('.')
  items.forEach((item: { id: string; seq: number; time: string }, index: number) => {
    t.same(Object.keys(item), ['id', 'seq', 'type', 'time', 'session'])
    t.equal(item.seq, index + 1)
    t.equal(item.id, `${epoch}.${item.seq}`)
    t.equal(new Date(item.time).toISOString(), item.time)
  })
  t.match(items[0].session, { state: 'starting', labels: { team: 'a' } })
  t.same(items[1].session, running)
  t.match(items[2].session, { ...running, state: 'stopping' })
  t.same(items[3].session, stopped)
})

t.test('where a stream would say Gap, a page is 410', async t => {
  const fastify = await build(t, { apps })
  await launch(fastify, 'idle')
  await until(fastify, 1, 'ready')
  const { cursor } = (await read(fastify)).json()
  const [epoch] = cursor.split('.')
  for (const since of [`${epoch}.3`, 'other.1']) {
    const response = await read(fastify, `?since=${since}`)
    t.match(response.headers['content-type'], /^application\/problem\+json/)
    t.match(response.json(), { status: 410, code: 'cursor-expired', type: '/problems/cursor-expired' }, since)
  }
  t.same((await read(fastify, `?since=${cursor}`)).json(), { items: [], cursor })
  const other = await build(t, { apps })
  t.equal((await read(other, `?since=${cursor}`)).statusCode, 410, 'a new state folder is another log')
})

t.test('events that retention has removed are a Gap for a stream and 410 for a page', async t => {
  const fastify = await build(t, { apps, retention: { eventsMaxCount: 4 } })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  for (let n = 0; n < 3; n++) await until(fastify, (await launch(fastify, 'brief')).id, 'stopped')
  const [epoch] = (await read(fastify)).json().cursor.split('.')
  await fastify.gateway.retention.run()
  const { items } = (await read(fastify)).json()
  t.same(
    items.map(({ seq }: { seq: number }) => seq),
    [3, 4, 5, 6]
  )
  t.equal((await read(fastify, `?since=${epoch}.1`)).json().code, 'cursor-expired')
  for (const connect of [openWebSocket, openSse]) {
    const tooOld = await connect(t, `${url}?since=${epoch}.1`)
    await tooOld.until(({ type }) => type === 'Snapshot')
    t.same(tooOld.types, ['Hello', 'Gap', 'Snapshot'])
    const justInTime = await connect(t, `${url}?since=${epoch}.2`)
    await justInTime.untilSeq(6)
    t.same(
      justInTime.events.map(({ id }) => id),
      items.map(({ id }: { id: string }) => id)
    )
  }
})
