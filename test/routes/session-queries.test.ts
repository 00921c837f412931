import t, { type Test } from 'tap'
import { build, launch, shell, stop, until } from '../helper.ts'
import { holder } from '../tokens.ts'

const apps = {
  steady: shell('echo READY; exec sleep 60'),
  crash: shell('exit 3', { ready: { none: true } }),
  mute: shell('exec >&-; exec sleep 60')
}

/** Sessions that ended for several reasons, and one that runs. */
async function withSessions(t: Test) {
  const fastify = await build(t, { apps })
  for (const appId of ['crash', 'mute', 'crash']) await until(fastify, (await launch(fastify, appId)).id, 'stopped')
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  await until(fastify, (await launch(fastify, 'steady')).id, 'ready')
  const read = async (query: string) => (await fastify.inject(`/sessions${query}`)).json()
  const ids = async (query: string) => (await read(query)).items.map((session: { id: number }) => session.id)
  return { fastify, read, ids }
}

t.test('order=newest begins with the newest, page by page', async t => {
  const { fastify, ids } = await withSessions(t)
  t.same(await ids('?order=newest'), [5, 4, 3, 2, 1])
  t.same(await ids('?order=oldest'), [1, 2, 3, 4, 5])
  t.same(await ids('?order=newest&state=stopped&limit=2'), [4, 3])
  const seen: number[] = []
  let url: string | undefined = '/sessions?order=newest&limit=2'
  while (url) {
    const { body, headers }: { body: string; headers: { link?: unknown } } = await fastify.inject(url)
    seen.push(...JSON.parse(body).items.map(({ id }: { id: number }) => id))
    url = /<([^>]*)>; rel="next"/.exec(String(headers.link))?.[1]
  }
  t.same(seen, [5, 4, 3, 2, 1])
})

t.test('reason chooses sessions that stopped for one of the reasons', async t => {
  const { ids } = await withSessions(t)
  t.same(await ids('?reason=exited'), [1, 3])
  t.same(await ids('?reason=exited&reason=readyMissed'), [1, 2, 3])
  t.same(await ids('?reason=terminated&order=newest'), [4])
  t.same(await ids('?reason=exited&limit=1&order=newest'), [3])
  t.same(await ids('?reason=runtimeUnset'), [])
})

t.test('from and to choose the sessions that lived at some time between', async t => {
  const { read, ids } = await withSessions(t)
  const { items } = await read('')
  const [, second, third] = items
  t.same(await ids(`?to=${second.createdAt}`), [1, 2])
  t.same(await ids(`?from=${third.createdAt}&to=${third.stoppedAt}`), idsBetween(third.createdAt, third.stoppedAt))
  t.same(await ids('?from=2100-01-01T00:00:00Z'), [5], 'it still lives')
  t.same(await ids('?to=2000-01-01T00:00:00Z'), [])

  function idsBetween(from: string, to: string): number[] {
    const lived = items.filter(
      (session: { createdAt: string; stoppedAt?: string }) =>
        session.createdAt <= to && (session.stoppedAt ?? '9') >= from
    )
    return lived.map(({ id }: { id: number }) => id)
  }
})

t.test('a page that is searched for goes on where it ended', async t => {
  const { fastify, read } = await withSessions(t)
  const first = await read('?reason=exited&limit=1')
  t.match(first.nextCursor, `${fastify.gateway.store.epoch}.1`)
  t.match(await read(`?reason=exited&limit=1&cursor=${first.nextCursor}`), { items: [{ id: 3 }] })
})

t.test('bad questions are refused', async t => {
  const fastify = await build(t, { apps })
  for (const [query, pointer] of [
    ['?order=random', '/query/order'],
    ['?reason=bored', '/query/reason/0'],
    ['?from=yesterday', '/query/from'],
    ['?to=2026-13-01T00:00:00Z', '/query/to']
  ] as const) {
    t.match((await fastify.inject(`/sessions${query}`)).json(), { status: 400, errors: [{ pointer }] }, query)
  }
})

t.test('a token lists sessions of its apps only', async t => {
  const [owner, narrow] = [holder('owner'), holder('narrow', ['read'], ['steady'])]
  const fastify = await build(t, { apps, tokens: [owner.entry, narrow.entry] })
  const { headers } = owner
  await fastify.inject({ method: 'POST', url: '/sessions?waitMs=60000', payload: { appId: 'crash' }, headers })
  for (const query of ['?reason=exited', '?order=newest', '?from=2000-01-01T00:00:00Z']) {
    const { items } = (await fastify.inject({ url: `/sessions${query}`, headers: narrow.headers })).json()
    t.same(items, [], query)
  }
})
