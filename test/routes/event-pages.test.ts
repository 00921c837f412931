import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import t from 'tap'
import { build, launch, shell, until } from '../helper.ts'
import { holder } from '../tokens.ts'

interface Page {
  readonly items: readonly { readonly id: string; readonly seq: number; readonly type: string; readonly time: string }[]
  readonly cursor: string
}

const apps = { brief: shell('exit 0', { ready: { none: true } }), other: shell('exit 0', { ready: { none: true } }) }

/** A gateway with the events of these apps, four or less of each session. */
async function withEvents(t: Parameters<typeof build>[0], appIds: readonly string[]): Promise<FastifyInstance> {
  const fastify = await build(t, { apps })
  for (const appId of appIds) await until(fastify, (await launch(fastify, appId)).id, 'stopped')
  return fastify
}

async function read(fastify: FastifyInstance, query: string): Promise<Page> {
  return (await fastify.inject(`/events/history${query}`)).json()
}

const seqs = ({ items }: Page) => items.map(({ seq }) => seq)

t.test('history is JSON, whatever Accept says', async t => {
  const fastify = await withEvents(t, ['brief'])
  for (const accept of ['text/event-stream', 'application/x-ndjson', 'image/png', '*/*']) {
    const response = await fastify.inject({ url: '/events/history', headers: { accept } })
    t.match(response, { statusCode: 200, headers: { 'content-type': 'application/json; charset=utf-8' } }, accept)
    t.same(Object.keys(response.json()), ['items', 'cursor'])
  }
})

t.test('pages go on where the last one ended, forwards and backwards, and Link leads to the next', async t => {
  const fastify = await withEvents(t, ['brief', 'other', 'brief'])
  const whole = seqs(await read(fastify, '?limit=1000'))
  for (const [query, parameter] of [
    ['?limit=2', 'since'],
    [`?limit=2&before=${fastify.gateway.store.epoch}.${whole.length + 1}`, 'before']
  ] as const) {
    const pages: number[][] = []
    let url: string | undefined = `/events/history${query}`
    while (url) {
      const response: LightMyRequestResponse = await fastify.inject(url)
      pages.push(seqs(response.json()))
      url = /<([^>]*)>; rel="next"/.exec(String(response.headers.link))?.[1]
      if (url) t.match(url, `${parameter}=`)
    }
    t.same((parameter === 'since' ? pages : pages.reverse()).flat(), whole, parameter)
  }
})

t.test('before finds the last events that the filters let through', async t => {
  const fastify = await withEvents(t, ['other', 'brief', 'brief', 'brief'])
  const { epoch, head } = fastify.gateway.store
  const page = await read(fastify, `?appId=other&eventType=Stopped&limit=5&before=${epoch}.${head + 1}`)
  t.match(page, { items: [{ type: 'Stopped', session: { id: 1 } }] })
  t.equal(page.items.length, 1)
  t.same((await read(fastify, `?before=${epoch}.1`)).items, [])
})

t.test('from begins with the events of that time', async t => {
  const fastify = await withEvents(t, ['brief', 'brief'])
  const { items } = await read(fastify, '')
  const second = items.find(({ type }, index) => type === 'Launched' && index > 0)
  const first = items.find(({ time }) => time === second?.time)
  t.equal(seqs(await read(fastify, `?from=${second?.time}`))[0], first?.seq)
  t.same((await read(fastify, '?from=2100-01-01T00:00:00Z')).items, [])
  t.equal((await read(fastify, '?from=2000-01-01T00:00:00%2B02:00')).items.length, items.length)
})

t.test('a cursor of another log, of the future, or given besides another is refused', async t => {
  const fastify = await withEvents(t, ['brief'])
  const { epoch } = fastify.gateway.store
  for (const [query, problem] of [
    ['?since=abcd.1', { status: 410, code: 'cursor-expired' }],
    ['?before=abcd.1', { status: 410, code: 'cursor-expired' }],
    [`?before=${epoch}.99`, { status: 410, code: 'cursor-expired' }],
    [`?since=${epoch}.1&before=${epoch}.2`, { status: 400, errors: [{ pointer: '/query/before' }] }],
    [`?since=${epoch}.1&from=2026-01-01T00:00:00Z`, { status: 400, errors: [{ pointer: '/query/from' }] }],
    ['?from=yesterday', { status: 400, errors: [{ pointer: '/query/from' }] }],
    ['?before=1', { status: 400, errors: [{ pointer: '/query/before' }] }],
    ['?heartbeatMs=1000', { status: 400, errors: [{ pointer: '/query/heartbeatMs' }] }]
  ] as const) {
    t.match((await fastify.inject(`/events/history${query}`)).json(), problem, query)
  }
})

t.test('a token sees the events of its apps only, in both directions', async t => {
  const [owner, narrow] = [holder('owner'), holder('narrow', ['read'], ['other'])]
  const fastify = await build(t, { apps, tokens: [owner.entry, narrow.entry] })
  for (const appId of ['brief', 'other']) {
    const { headers } = owner
    const { id } = (await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId }, headers })).json()
    await fastify.inject({ url: `/sessions/${id}/wait`, headers })
  }
  const { epoch, head } = fastify.gateway.store
  for (const query of ['', `?before=${epoch}.${head + 1}`, '?from=2000-01-01T00:00:00Z']) {
    const { items } = (await fastify.inject({ url: `/events/history${query}`, headers: narrow.headers })).json()
    t.ok(items.length > 0)
    t.same([...new Set(items.map(({ session }: { session: { appId: string } }) => session.appId))], ['other'])
  }
})

t.test('the former name of eventType goes on to work, for streams and pages', async t => {
  const fastify = await withEvents(t, ['brief'])
  for (const url of ['/events', '/events/history']) {
    const headers = { accept: 'application/json' }
    const former = await fastify.inject({ url: `${url}?type=Stopped&type=Launched`, headers })
    const current = await fastify.inject({ url: `${url}?eventType=Stopped&eventType=Launched`, headers })
    t.equal(former.json().items.length, 2)
    t.same(former.json(), current.json())
    const both = await fastify.inject({ url: `${url}?eventType=Stopped&type=Launched`, headers })
    t.match(both.json(), { status: 400, errors: [{ pointer: '/query/type' }] })
  }
})
