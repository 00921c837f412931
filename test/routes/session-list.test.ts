import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { build, launch, shell, stop, until } from '../helper.ts'

interface Page {
  readonly items: readonly Session[]
  readonly nextCursor?: string
}

const idle = shell('echo READY; exec sleep 1000')

t.test('the list filters by state, app and labels, and combines them', async t => {
  const fastify = await build(t, { apps: { idle, other: idle, mute: shell('exec sleep 1000') } })
  await launch(fastify, 'idle', { labels: { team: 'a', tier: 'web=1' } })
  await launch(fastify, 'idle', { labels: { team: 'b', tier: 'web=1' } })
  await launch(fastify, 'other', { labels: { team: 'a' } })
  await launch(fastify, 'mute')
  for (const id of [1, 2, 3]) await until(fastify, id, 'ready')
  await stop(fastify, 2)
  await until(fastify, 2, 'stopped')

  const ids = async (query: string) => {
    const { items } = (await fastify.inject(`/sessions?${query}`)).json()
    return items.map(({ id }: Session) => id)
  }
  t.same(await ids(''), [1, 2, 3, 4])
  t.same(await ids('state=running'), [1, 3])
  t.same(await ids('state=stopped&state=starting'), [2, 4])
  t.same(await ids('state=stopping'), [])
  t.same(await ids('appId=other'), [3])
  t.same(await ids('appId=other&appId=mute'), [3, 4])
  t.same(await ids('appId=nobody'), [])
  t.same(await ids('label=team=a'), [1, 3])
  t.same(await ids('label=team=a&label=tier=web%3D1'), [1])
  t.same(await ids('label=team='), [])
  t.same(await ids('label=team=a&state=running&appId=idle'), [1])
})

t.test('a list holds the same sessions that are read one by one', async t => {
  const fastify = await build(t, { apps: { idle } })
  await launch(fastify, 'idle')
  await until(fastify, 1, 'ready')
  const { items } = (await fastify.inject('/sessions')).json()
  const { usage, ...session } = (await fastify.inject('/sessions/1')).json()
  t.ok(usage, 'which only the answer for one session has')
  t.same(items, [session])
})

t.test('pages have a stable order, also while sessions come and go', async t => {
  const fastify = await build(t, { apps: { idle } })
  for (let n = 0; n < 7; n++) await launch(fastify, 'idle')
  const pages: number[][] = []
  for (let query: string | undefined = 'limit=3'; query !== undefined; ) {
    const page: Page = (await fastify.inject(`/sessions?${query}`)).json()
    pages.push(page.items.map(({ id }) => id))
    query = page.nextCursor && `limit=3&cursor=${page.nextCursor}`
    if (pages.length === 1) {
      await stop(fastify, 2)
      await until(fastify, 2, 'stopped')
      await launch(fastify, 'idle')
    }
  }
  t.same(pages, [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8]
  ])
})

t.test('a page that holds all has no nextCursor', async t => {
  const fastify = await build(t, { apps: { idle } })
  t.notOk('nextCursor' in (await fastify.inject('/sessions')).json())
  for (let n = 0; n < 2; n++) await launch(fastify, 'idle')
  t.notOk('nextCursor' in (await fastify.inject('/sessions?limit=2')).json())
  t.ok('nextCursor' in (await fastify.inject('/sessions?limit=1')).json())
})

t.test('eventCursor is where to start events so that nothing is missed and nothing is told twice', async t => {
  const fastify = await build(t, { apps: { idle } })
  await launch(fastify, 'idle')
  await until(fastify, 1, 'ready')
  const { eventCursor } = (await fastify.inject('/sessions')).json()
  await launch(fastify, 'idle')
  await until(fastify, 2, 'ready')
  const { items } = (
    await fastify.inject({ url: `/events?since=${eventCursor}`, headers: { accept: 'application/json' } })
  ).json()
  t.same(
    items.map(({ type, session }: { type: string; session: Session }) => [type, session.id]),
    [
      ['Launched', 2],
      ['AppReady', 2]
    ]
  )
})
