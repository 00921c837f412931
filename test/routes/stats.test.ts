import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { sliceLength } from '../../src/gateway/store/timed-events.ts'
import { begin, transition } from '../../src/session/transition.ts'
import { build, launch, shell, stop, temporaryFolder, until } from '../helper.ts'
import { holder } from '../tokens.ts'

const apps = {
  steady: shell('echo READY; exec sleep 60'),
  crash: shell('echo READY; exit 3'),
  missing: { command: ['/no/such/program'] }
}

async function statsOf(fastify: FastifyInstance, query = '', headers: Record<string, string> = {}) {
  return (await fastify.inject({ url: `/stats${query}`, headers })).json()
}

/** Two sessions of `steady`, of which one is stopped, and one of each app that fails. */
async function play(fastify: FastifyInstance, labels: object = {}): Promise<void> {
  const { id } = await launch(fastify, 'steady', { labels })
  await until(fastify, id, 'ready')
  await stop(fastify, id)
  for (const appId of ['crash', 'missing']) await until(fastify, (await launch(fastify, appId)).id, 'stopped')
  await until(fastify, id, 'stopped')
  await until(fastify, (await launch(fastify, 'steady')).id, 'ready')
}

const sum = (buckets: readonly Record<string, number>[], name: string) =>
  buckets.reduce((total, bucket) => total + (bucket[name] ?? 0), 0)

t.test('/stats counts what happened to sessions, per bucket and per app', async t => {
  const fastify = await build(t, { apps, limits: { maxSessions: 7 } })
  await play(fastify)
  const stats = await statsOf(fastify)
  const { store } = fastify.gateway
  t.match(stats, { bucketMs: 60_000, sessions: { running: 1 }, limits: { maxSessions: 7 } })
  t.equal(stats.eventCursor, `${store.epoch}.${store.head}`)
  const totals = ['launched', 'ready', 'stopped', 'failed'].map(name => sum(stats.buckets, name))
  t.same(totals, [4, 3, 3, 2])
  t.match(stats.apps, [
    { appId: 'crash', launched: 1, ready: 1, stopped: 1, failed: 1, live: 0, stops: { exited: 1 } },
    { appId: 'missing', launched: 1, ready: 0, stopped: 1, failed: 1, live: 0, stops: { spawnFailed: 1 } },
    { appId: 'steady', launched: 2, ready: 2, stopped: 1, failed: 0, live: 1, stops: { terminated: 1 } }
  ])
  const [, missing, steady] = stats.apps
  t.same(missing.readyMs, { count: 0 })
  const { createdAt, readyAt } = (await fastify.inject('/sessions/1')).json()
  const { createdAt: createdAt4, readyAt: readyAt4 } = (await fastify.inject('/sessions/4')).json()
  const readyMs = [Date.parse(readyAt) - Date.parse(createdAt), Date.parse(readyAt4) - Date.parse(createdAt4)]
  const [p50, max] = readyMs.toSorted((a, b) => a - b)
  t.same(steady.readyMs, { count: 2, p50, p90: max, p99: max, max })
  t.equal(steady.stopMs.count, 1)
})

t.test('/stats begins no further back than the event log, and says so', async t => {
  const fastify = await build(t, { apps })
  await play(fastify)
  const { items } = (await fastify.inject('/events/history')).json()
  const { from, buckets } = await statsOf(fastify, '?from=1970-01-01T00:00:00Z')
  t.equal(from, items[0].time)
  t.equal(sum(buckets, 'launched'), 4)
  const before = new Date(Date.parse(from) - 60_000).toISOString()
  t.equal(sum((await statsOf(fastify, `?to=${before}`)).buckets, 'launched'), 0)
})

t.test('/stats after a restart is what it was', async t => {
  const stateDir = await temporaryFolder(t)
  const first = await build(t, { apps, stateDir })
  await play(first)
  await first.close()
  const again = await build(t, { apps, stateDir })
  const { buckets, apps: counted } = await statsOf(again)
  t.same(
    ['launched', 'ready', 'stopped', 'failed'].map(name => sum(buckets, name)),
    [4, 3, 4, 2]
  )
  t.match(counted[2], { appId: 'steady', live: 0, stops: { terminated: 1, gatewayStopped: 1 } })
})

t.test('/stats counts only what the filters and the token let through', async t => {
  const narrow = holder('narrow', ['read'], ['crash'])
  const wide = holder('wide')
  const fastify = await build(t, { apps, tokens: [narrow.entry, wide.entry] })
  for (const [appId, team] of [
    ['crash', 'a'],
    ['crash', 'ab'],
    ['missing', 'a']
  ]) {
    const payload = { appId, labels: { team } }
    await fastify.inject({ method: 'POST', url: '/sessions?waitMs=60000', payload, headers: wide.headers })
  }
  const appsOf = async (query: string, { headers } = wide) =>
    (await statsOf(fastify, query, headers)).apps.map(
      ({ appId, launched }: { appId: string; launched: number }) => `${appId} ${launched}`
    )
  t.same(await appsOf(''), ['crash 2', 'missing 1'])
  t.same(await appsOf('?label=team=a'), ['crash 1', 'missing 1'])
  t.same(await appsOf('?appId=missing'), ['missing 1'])
  t.same(await appsOf('', narrow), ['crash 2'])
  t.same(await appsOf('?appId=missing', narrow), [])
})

t.test('/stats refuses ranges that have no sense, or too many buckets', async t => {
  const fastify = await build(t, { apps })
  const pointerOf = async (query: string) => (await statsOf(fastify, query)).errors?.[0]?.pointer
  t.equal(await pointerOf('?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'), '/query/to')
  t.equal(await pointerOf('?bucketMs=999'), '/query/bucketMs')
  t.equal(await pointerOf('?from=yesterday'), '/query/from')
})

t.test('with a hundred thousand sessions, no turn of the event loop counts more than one slice', async t => {
  const stateDir = await temporaryFolder(t)
  const empty = await build(t, { stateDir })
  const path = empty.gateway.stateFolder.database
  await empty.close()
  fill(path, 100_000)
  const fastify = await build(t, { stateDir })
  const { timedEvents } = fastify.gateway.store
  let turn = 0
  let isOver = false
  const count = () => {
    turn++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  const turns: number[] = []
  const slice = timedEvents.slice.bind(timedEvents)
  timedEvents.slice = query => {
    const found = slice(query)
    turns.push(turn)
    t.ok(found.events.length <= sliceLength) || t.bailout()
    return found
  }
  const both = await Promise.all([statsOf(fastify), statsOf(fastify, '?appId=many'), statsOf(fastify)])
  isOver = true
  for (const { apps, buckets } of both) {
    t.match(apps, [{ appId: 'many', launched: 100_000, stopped: 100_000, failed: 0 }])
    t.equal(sum(buckets, 'launched'), 100_000)
  }
  t.equal(new Set(turns).size, turns.length, 'one slice a turn')
  t.equal(turns.length, 2 * (200_000 / sliceLength + 1), 'the same question is counted once')
})

/** Sessions that were launched and stopped within the last half hour. */
function fill(path: string, sessions: number): void {
  const database = new DatabaseSync(path)
  const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?, 'many', '{}', ?, ?)")
  const stop = { reason: 'exited', initiator: 'app', exitCode: 0, signalsSent: [], survivors: 0 } as const
  const start = Date.now() - 1_800_000
  database.exec('BEGIN')
  for (let id = 1; id <= sessions; id++) {
    const time = start + id * 10
    const { session } = begin({ id, appId: 'many', state: 'starting', labels: {} }, time)
    const { session: stopped } = transition(session, { type: 'ended', time, stop })
    insert.run(2 * id - 1, 'Launched', id, time, JSON.stringify({ session }))
    insert.run(2 * id, 'Stopped', id, time, JSON.stringify({ session: stopped }))
  }
  database.exec('COMMIT')
  database.close()
}
