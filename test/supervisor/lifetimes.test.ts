import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { build, eventTypes, launch, shell, spawners, stop, until } from '../helper.ts'

const forever = 'echo READY; exec sleep 1000'
const minute = 60_000

for (const spawner of spawners) {
  t.test(`when its lifetime or its lease is over, a session is stopped for that reason (${spawner})`, async t => {
    const apps = {
      lived: shell(forever, { lifetimeMs: 200 }),
      leased: shell(forever, { leaseMs: 200 }),
      shorter: shell(forever, { lifetimeMs: minute, leaseMs: minute })
    }
    const fastify = await build(t, { spawner, apps })
    const sessions = await Promise.all([
      launch(fastify, 'lived'),
      launch(fastify, 'leased'),
      launch(fastify, 'shorter', { lifetimeMs: 200 })
    ])
    const whys = sessions.map(session => 'expiresAt' in session && session.expiresAt?.why)
    t.same(whys, ['lifetime', 'lease', 'lifetime'])
    const ends = await Promise.all(sessions.map(({ id }) => until(fastify, id, 'stopped')))
    for (const [index, reason] of ['lifetime', 'leaseExpired', 'lifetime'].entries()) {
      const end = ends[index] as Session & { state: 'stopped' }
      t.match(end, { stop: { reason, initiator: 'gateway', signalsSent: ['SIGTERM'], since: String } })
      t.notOk('expiresAt' in end)
      const types = await eventTypes(fastify, end.id)
      t.same(
        types.filter(type => type !== 'AppReady'),
        ['Launched', 'Stopping', 'Stopped']
      )
    }
  })

  t.test(`a lifetime is that of all runs, and ends a session that starts or waits for a run (${spawner})`, async t => {
    const policy = { backoffMs: 20, maxBackoffMs: 20, max: 0 }
    const apps = {
      crashing: shell('echo READY; exit 1', { restart: policy, lifetimeMs: 400 }),
      waiting: shell('exit 1', {
        ready: { none: true },
        restart: { backoffMs: minute, maxBackoffMs: minute },
        lifetimeMs: 400
      }),
      starting: shell('exec sleep 1000', { lifetimeMs: 200 })
    }
    const fastify = await build(t, { spawner, apps })
    for (const appId of Object.keys(apps)) {
      const { id } = await launch(fastify, appId)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'lifetime', initiator: 'gateway' } }, appId)
    }
  })

  t.test(`an expiry that races an exit or a stop is one end, with one cause (${spawner})`, async t => {
    const apps = {
      exiting: shell('echo READY; sleep 0.1', { lifetimeMs: 105 }),
      stopped: shell(forever, { lifetimeMs: 100, leaseMs: 100 })
    }
    const fastify = await build(t, { spawner, apps })
    const rounds = Array.from({ length: 15 }, (_, round) => round)
    await Promise.all(
      rounds.map(async round => {
        const { id } = await launch(fastify, round % 2 ? 'exiting' : 'stopped')
        if (round % 2 === 0) {
          await new Promise(resolve => setTimeout(resolve, 90 + round))
          await stop(fastify, id)
        }
        const end = (await until(fastify, id, 'stopped')) as Session & { state: 'stopped' }
        t.match(end.stop.reason, /^(lifetime|leaseExpired|terminated|exited|readyMissed)$/)
        const page = (await fastify.inject(`/events/history?sessionId=${id}&limit=100`)).json()
        const types = page.items.map(({ type }: { type: string }) => type)
        t.equal(types.filter((type: string) => type === 'Stopped').length, 1)
        const stopping = page.items.find(({ type }: { type: string }) => type === 'Stopping')?.session.stopping
        if (stopping && end.stop.initiator !== 'app') t.match(end.stop, stopping, 'the first request counts')
      })
    )
  })
}

t.test('a lifetime can be made longer, shorter, and be taken away', async t => {
  const fastify = await build(t, { apps: { web: shell(forever) } })
  const patch = (id: number, lifetimeMs: number | null) =>
    fastify.inject({ method: 'PATCH', url: `/sessions/${id}`, payload: { lifetimeMs } })
  const [long, short, none] = await Promise.all([1, 2, 3].map(() => launch(fastify, 'web', { lifetimeMs: 500 })))
  if (!long || !short || !none) return
  t.equal((await patch(long.id, minute)).statusCode, 200)
  t.notOk('expiresAt' in (await patch(none.id, null)).json())
  t.equal((await patch(short.id, 1)).statusCode, 200)
  t.match(await until(fastify, short.id, 'stopped'), { stop: { reason: 'lifetime' } })
  const { id } = await launch(fastify, 'web', { lifetimeMs: 700 })
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'lifetime' } })
  for (const kept of [long, none]) t.not((await fastify.inject(`/sessions/${kept.id}`)).json().state, 'stopped')
})

t.test('a lease that is renewed goes on; the time in the queue is no part of a lifetime', async t => {
  const apps = {
    leased: shell(forever, { leaseMs: 1_500 }),
    slow: shell('sleep 0.5; echo READY; exec sleep 1000'),
    queued: shell(forever, { lifetimeMs: 30_000 })
  }
  const fastify = await build(t, { apps, limits: { maxStarting: 1 } })
  const leased = await launch(fastify, 'leased')
  await until(fastify, leased.id, 'ready')
  await launch(fastify, 'slow')
  const queued = await launch(fastify, 'queued')
  t.equal(queued.state, 'queued')
  t.notOk('expiresAt' in queued)
  for (let renewal = 0; renewal < 6; renewal++) {
    await new Promise(resolve => setTimeout(resolve, 300))
    t.equal((await fastify.inject({ method: 'POST', url: `/sessions/${leased.id}/renew` })).statusCode, 200)
  }
  const ready = (await until(fastify, queued.id, 'ready')) as Session & { state: 'running' }
  t.equal(Date.parse(ready.expiresAt?.at ?? '') - Date.parse(ready.startedAt ?? ''), 30_000)
  t.match(await until(fastify, leased.id, 'stopped'), { stop: { reason: 'leaseExpired' } })
})
