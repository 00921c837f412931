import t from 'tap'
import { build, launch, stop, until } from '../helper.ts'

t.test('a list is read once for all who ask, and anew after each change', async t => {
  const fastify = await build(t)
  const first = await launch(fastify, 'app')
  const list = async (query = '') => (await fastify.inject(`/sessions${query}`)).json()
  const page = () => fastify.gateway.sessionLists.page({ order: 'oldest', limit: 10, appPatterns: undefined })
  await stop(fastify, first.id)
  await until(fastify, first.id, 'stopped')
  t.equal(await page(), await page(), 'the same object while nothing is written')
  t.match((await list()).items, [{ id: first.id, state: 'stopped' }])
  const second = await launch(fastify, 'app')
  t.match((await list()).items, [{ id: first.id }, { id: second.id }])
  t.match((await list('?limit=1')).items, { length: 1 }, 'another query has its own page')
  await stop(fastify, second.id)
  await until(fastify, second.id, 'stopped')
  t.match((await list()).items, [{ id: first.id }, { id: second.id, state: 'stopped' }])
  fastify.gateway.store.pruneSessions({ before: Date.now() + 1_000, keep: 0 })
  t.same((await list()).items, [], 'also when sessions are forgotten')
})
