import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { build, eventTypes, launch, shell, stop, until } from '../helper.ts'

const service = (entry: object = {}) => shell('exec sleep 1000', { ready: { none: true }, ...entry })

async function patch(fastify: FastifyInstance, id: number, payload: object, type = 'application/json') {
  const headers = { 'content-type': type }
  return await fastify.inject({ method: 'PATCH', url: `/sessions/${id}`, payload: JSON.stringify(payload), headers })
}

const renew = (fastify: FastifyInstance, id: number) => fastify.inject({ method: 'POST', url: `/sessions/${id}/renew` })

const idsOf = async (fastify: FastifyInstance, label: string) =>
  (await fastify.inject(`/sessions?label=${label}`)).json().items.map(({ id }: Session) => id)

t.test('a merge patch sets labels, null removes one, lists follow, and Updated tells of it', async t => {
  const fastify = await build(t, { apps: { web: service() } })
  const { id } = await launch(fastify, 'web', { labels: { team: 'a', user: 'ada' } })
  const patched = await patch(fastify, id, { labels: { team: 'b', user: null } }, 'application/merge-patch+json')
  t.match([patched.statusCode, patched.json().labels], [200, { team: 'b' }])
  t.same((await fastify.inject(`/sessions/${id}`)).json().labels, { team: 'b' })
  t.same(await idsOf(fastify, 'team=b'), [id])
  t.same(await idsOf(fastify, 'team=a'), [])
  t.same(await idsOf(fastify, 'user=ada'), [])
  const page = async (label: string) =>
    (await fastify.inject(`/events/history?label=${label}&eventType=Updated`)).json()
  t.match((await page('team=b')).items, [{ session: { id, labels: { team: 'b' } } }])
  t.match((await page('team=a')).items, [{ session: { id, labels: { team: 'b' } } }], 'who followed it before is told')
  t.same((await page('team=c')).items, [])
  t.same((await patch(fastify, id, { labels: null })).json().labels, {})
})

t.test('what can not be is refused, and changes nothing', async t => {
  const apps = { web: service({ maxLifetimeMs: 60_000 }), own: service({ lifetimeMs: 50_000, leaseMs: 40_000 }) }
  const fastify = await build(t, { apps })
  const { id } = await launch(fastify, 'web')
  const faultOf = async (payload: object) => {
    const response = await patch(fastify, id, payload)
    return [response.statusCode, response.json().errors?.[0]?.pointer]
  }
  t.same(await faultOf({ lifetimeMs: 60_001 }), [400, '/body/lifetimeMs'])
  t.same(await faultOf({ lifetimeMs: null }), [400, '/body/lifetimeMs'])
  t.same(await faultOf({ lifetimeMs: 0 }), [400, '/body/lifetimeMs'])
  t.same(await faultOf({ labels: { 'no good': 'x' } }), [400, '/body/labels/no good'])
  t.same(await faultOf({ labels: { n: 7 } }), [400, '/body/labels/n'])
  t.same(await faultOf({ state: 'stopped' }), [400, '/body/state'])
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`l${n}`, 'x']))
  t.same(await faultOf({ labels: many }), [400, '/body/labels'])
  const post = (appId: string, members: object) =>
    fastify.inject({ method: 'POST', url: '/sessions', payload: { appId, ...members } })
  t.match((await post('web', { leaseMs: 60_001 })).json().errors, [{ pointer: '/body/leaseMs', detail: /60000/ }])
  t.match((await post('own', { lifetimeMs: 50_001 })).json().errors, [{ pointer: '/body/lifetimeMs' }])
  t.match((await post('own', { lifetimeMs: 10_000, leaseMs: 5_000 })).json(), {
    ...{ lifetimeMs: 10_000, leaseMs: 5_000 },
    expiresAt: { why: 'lease' }
  })
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { labels: {}, lifetimeMs: 60_000 })
  t.match((await fastify.inject('/apps/own')).json(), { lifetimeMs: 50_000, leaseMs: 40_000 })
  t.match(
    (
      await fastify.inject({
        method: 'PATCH',
        url: `/sessions/${id}`,
        payload: '<a/>',
        headers: { 'content-type': 'text/xml' }
      })
    ).statusCode,
    415
  )
  t.equal((await patch(fastify, 77, {})).statusCode, 404)
  t.equal((await renew(fastify, 77)).statusCode, 404)
})

t.test('a stopped session can not be changed or renewed; one that stops can get labels', async t => {
  const stubborn = shell('trap "" TERM; echo READY; while :; do sleep 0.1; done', {
    stopGraceMs: 60_000,
    leaseMs: 600_000
  })
  const fastify = await build(t, { apps: { stubborn } })
  const { id } = await launch(fastify, 'stubborn')
  await until(fastify, id, 'ready')
  await stop(fastify, id)
  t.match((await patch(fastify, id, { labels: { team: 'a' } })).json(), { state: 'stopping', labels: { team: 'a' } })
  t.match((await patch(fastify, id, { lifetimeMs: 5_000 })).json(), { status: 409, code: 'session-ended' })
  t.match((await renew(fastify, id)).json(), { status: 409, code: 'session-ended' })
  await stop(fastify, id, '?force=true')
  await until(fastify, id, 'stopped')
  t.match((await patch(fastify, id, { labels: { team: 'b' } })).json(), { status: 409, code: 'session-ended' })
  t.match((await renew(fastify, id)).json(), { status: 409, code: 'session-ended' })
  t.same(await eventTypes(fastify, id), ['Launched', 'AppReady', 'Stopping', 'Updated', 'Stopped'])
})

t.test('many changes within a second are few events, and the last one has all of them', async t => {
  const fastify = await build(t, { apps: { web: service() } })
  const { id } = await launch(fastify, 'web')
  for (let n = 0; n < 50; n++)
    t.equal((await patch(fastify, id, { labels: { [`n${n % 20}`]: `${n}` } })).statusCode, 200)
  const { items } = await untilEvents(fastify, id)
  const seconds = items.map(({ time }) => Date.parse(time))
  t.ok(
    seconds.every((time, index) => index === 0 || time - (seconds[index - 1] ?? 0) >= 900),
    String(seconds)
  )
  t.equal(items.at(-1)?.session.labels.n9, '49')
})

/** The updates, once the last of 50 changes is told. */
async function untilEvents(fastify: FastifyInstance, id: number) {
  for (;;) {
    const next = new Promise<void>(resolve => fastify.registry.subscribe(() => resolve()))
    const url = `/events/history?sessionId=${id}&eventType=Updated`
    const page: { items: { time: string; session: Session }[] } = (await fastify.inject(url)).json()
    if (page.items.at(-1)?.session.labels.n9 === '49') return page
    await next
  }
}

t.test('a session without a lease is renewed without effect; one with a lease expires later', async t => {
  const fastify = await build(t, { apps: { web: service(), leased: service({ leaseMs: 600_000 }) } })
  const plain = await launch(fastify, 'web')
  t.match(await (await renew(fastify, plain.id)).json(), { id: plain.id, expiresAt: undefined })
  const leased = await launch(fastify, 'leased')
  const { expiresAt } = (await renew(fastify, leased.id)).json()
  t.equal(expiresAt.why, 'lease')
  t.ok('expiresAt' in leased && Date.parse(expiresAt.at) >= Date.parse(leased.expiresAt?.at ?? ''))
  const patched = (await patch(fastify, leased.id, { lifetimeMs: 1_000_000 })).json()
  t.equal(patched.expiresAt.why, 'lease')
  t.equal((await patch(fastify, leased.id, { lifetimeMs: 500_000 })).json().expiresAt.why, 'lifetime')
  t.equal((await patch(fastify, leased.id, { lifetimeMs: null })).json().expiresAt.why, 'lease')
})

t.test(
  'a patch that races a stop is an update before it or while it stops, or is refused; never after Stopped',
  async t => {
    const fastify = await build(t, { apps: { web: service() } })
    for (let round = 0; round < 20; round++) {
      const { id } = await launch(fastify, 'web')
      const stopping = stop(fastify, id)
      const answers = await Promise.all([
        patch(fastify, id, { labels: { round: `${round}` } }),
        patch(fastify, id, { lifetimeMs: 90_000 })
      ])
      await stopping
      for (const { statusCode } of answers) t.ok([200, 409].includes(statusCode))
      await until(fastify, id, 'stopped')
      const types = await eventTypes(fastify, id)
      t.match([types[0], types.at(-1)], ['Launched', 'Stopped'])
    }
  }
)
