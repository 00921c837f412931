import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { Store } from '../../../src/gateway/store/store.ts'
import { open } from '../../clients.ts'
import { build, launch, shell, stop, temporaryFolder, until } from '../../helper.ts'

const sessionCount = 10_000
const eventCount = 1_000_000
const apps = { quick: shell('exit 0'), steady: shell('echo READY; exec sleep 600') }

/** Fills the database of a state folder that no gateway uses, as 10,000 sessions with 100 events each would. */
function fill(path: string, epoch: string) {
  const database = new DatabaseSync(path)
  const lastSession = Number(database.prepare('SELECT max(id) AS id FROM sessions').get()?.id)
  const lastEvent = Number(database.prepare('SELECT max(seq) AS seq FROM events').get()?.seq)
  const session = database.prepare(
    "INSERT INTO sessions (id, app_id, state, body, key, stopped_at) VALUES (?, ?, 'stopped', ?, ?, ?)"
  )
  const label = database.prepare('INSERT INTO labels (label, session_id) VALUES (?, ?)')
  const event = database.prepare(
    "INSERT INTO events (seq, type, session_id, app_id, labels, time, body) VALUES (?, 'AppReady', ?, ?, '{}', ?, ?)"
  )
  const now = Date.now()
  const time = new Date(now).toISOString()
  database.exec('BEGIN')
  for (let id = lastSession + 1; id <= sessionCount; id++) {
    const appId = `app-${id % 50}`
    const stopState = { reason: 'exited', initiator: 'app', exitCode: 0, signalsSent: [], survivors: 0 }
    const labels = { turn: String(id % 100) }
    const body = { id, appId, labels, createdAt: time, pid: id, stoppedAt: time, state: 'stopped', stop: stopState }
    session.run(id, appId, JSON.stringify(body), `key-${id}`, now)
    label.run(`turn=${id % 100}`, id)
  }
  for (let seq = lastEvent + 1; seq <= eventCount; seq++) {
    const id = 1 + (seq % sessionCount)
    const appId = `app-${id % 50}`
    const body = `{"id":"${epoch}.${seq}","seq":${seq},"type":"AppReady","time":"${time}","session":{"id":${id},"appId":"${appId}","labels":{},"state":"running","createdAt":"${time}","pid":${id},"readyAt":"${time}"}}`
    event.run(seq, id, appId, now, body)
  }
  database.exec('COMMIT')
  database.close()
}

async function filledFolder(t: Test): Promise<string> {
  const stateDir = await temporaryFolder(t)
  const fastify = await build(t, { apps, stateDir })
  const { id } = await launch(fastify, 'quick')
  await until(fastify, id, 'stopped')
  await fastify.close()
  fill(join(stateDir, 'gateway.db'), fastify.gateway.store.epoch)
  // The first session has a log already.
  for (let id = 2; id <= sessionCount; id++) {
    mkdirSync(join(stateDir, 'logs', String(id)), { recursive: true })
    writeFileSync(join(stateDir, 'logs', String(id), '1.log'), '1 1700000000000 o 1 2 0\nx\n')
  }
  return stateDir
}

const stateDir = await filledFolder(t)

async function timed<T>(t: Test, what: string, action: () => Promise<T>): Promise<T> {
  const begin = performance.now()
  const result = await action()
  t.comment(`${what}: ${(performance.now() - begin).toFixed(1)} ms`)
  return result
}

async function withLoopDelay(t: Test, what: string, action: () => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  await nextTurn()
  delay.enable()
  await timed(t, what, action)
  await nextTurn()
  delay.disable()
  t.comment(`${what}: the longest block of the loop ${(delay.max / 1e6).toFixed(1)} ms`)
}

async function get(t: Test, fastify: FastifyInstance, url: string) {
  const response = await timed(t, `GET ${url}`, async () => await fastify.inject(url))
  t.equal(response.statusCode, 200)
  return response.json()
}

/** Reads events from a place to the head, looking at their numbers only. */
async function resume(t: Test, url: string, from: number, head: number) {
  const { request, response } = await open(t, url, { accept: 'application/x-ndjson' })
  let rest = ''
  let next = from + 1
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const seq = Number(/^\{"id":"[^"]+","seq":(\d+)/.exec(line)?.[1])
      if (Number.isNaN(seq)) continue
      if (seq !== next) t.fail(`event ${seq} came, not ${next}`)
      next = seq + 1
    }
    if (next > head) break
  }
  request.destroy()
  return next - 1
}

t.test('ten thousand stopped sessions and a million events', async t => {
  const fastify = await timed(t, 'start', () => build(t, { apps, stateDir }))
  const { epoch } = fastify.gateway.store
  t.equal(fastify.gateway.store.head, eventCount)

  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  t.equal((await get(t, fastify, '/sessions?limit=1000')).items.length, 1_000)
  t.match((await get(t, fastify, '/sessions?state=running')).items, [{ id }])
  t.equal((await get(t, fastify, '/sessions?state=stopped')).items.length, 100)
  t.match((await get(t, fastify, '/sessions?appId=steady')).items, [{ id }])
  t.equal((await get(t, fastify, '/sessions?appId=app-7&limit=1000')).items.length, sessionCount / 50)
  t.equal((await get(t, fastify, '/sessions?label=turn%3D42&limit=1000')).items.length, sessionCount / 100)
  t.equal((await get(t, fastify, '/sessions?state=stopped&appId=app-7&label=turn%3D7')).items.length, 100)
  t.match(await get(t, fastify, '/sessions/5000'), { id: 5_000 })
  const page = await fastify.inject({
    url: `/events?since=${epoch}.${eventCount / 2}&limit=1000`,
    headers: { accept: 'application/json' }
  })
  t.equal(page.json().items.at(0).seq, eventCount / 2 + 1)

  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const { head } = fastify.gateway.store
  const seen = await timed(t, 'resume from the middle', () =>
    resume(t, `${url}?since=${epoch}.${eventCount / 2}`, eventCount / 2, head)
  )
  t.equal(seen, head, 'every event came, once and in order')
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  await fastify.close()
})

t.test('a filter without a hit in a million events lets everything else through', async t => {
  const fastify = await build(t, { apps, stateDir })
  for (const filter of ['type=Stopping', 'sessionId=20000', 'appId=no.such.app', 'label=no%3Dsuch']) {
    let turns = 0
    const counter = setInterval(() => turns++)
    const headers = { accept: 'application/json' }
    const page = await timed(t, filter, () => fastify.inject({ url: `/events?sessionId=20001&${filter}`, headers }))
    clearInterval(counter)
    t.same(page.json().items, [])
    t.ok(turns > 50, `${turns} other things were done meanwhile`)
  }
})

t.test('no query of the gateway reads a whole table', async t => {
  const { prepare } = DatabaseSync.prototype
  const prepared = new Set<string>()
  DatabaseSync.prototype.prepare = function (sql) {
    prepared.add(sql)
    return prepare.call(this, sql)
  }
  t.teardown(() => {
    DatabaseSync.prototype.prepare = prepare
  })
  const log = new Store(join(stateDir, 'gateway.db'))
  t.ok(log.tail <= log.head)
  log.live()
  log.find(1)
  const [states, appIds, labels] = [['running'] as const, ['app-1'], ['turn=1', 'turn=2']]
  for (const after of [undefined, 10]) {
    for (const query of [{}, { states }, { appIds }, { labels }, { states, appIds }, { states, appIds, labels }]) {
      log.list({ ...query, after, limit: 10 })
    }
  }
  log.eventsAfter(1, { limit: 10 })
  const filter = {
    types: ['Stopped'] as const,
    sessionIds: [1],
    appIds: ['app-1'],
    labels: ['turn=1'],
    appPatterns: ['app-*']
  }
  log.eventsAfter(1, { limit: 10, filter })
  log.close()
  const database = new DatabaseSync(join(stateDir, 'gateway.db'))
  t.teardown(() => database.close())
  const queries = [...prepared].filter(sql => /^SELECT .* FROM (sessions|events)\b/.test(sql))
  t.ok(queries.length >= 9)
  for (const sql of queries) {
    const plan = prepare
      .call(database, `EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail))
    t.notMatch(plan, [/^SCAN (sessions|events)$/], sql)
  }
})

t.test('pruning a hundred thousand events and looking at ten thousand logs goes on in small steps', async t => {
  const keep = eventCount - 100_000
  const fastify = await build(t, { apps, stateDir, retention: { eventsMaxCount: keep, sessionsMaxCount: 5_000 } })
  const { head } = fastify.gateway.store
  let turns = 0
  const counter = setInterval(() => turns++)
  await withLoopDelay(t, 'first round', () => fastify.gateway.retention.run())
  t.ok(turns > 100, `${turns} other things were done meanwhile`)
  await withLoopDelay(t, 'second round', () => fastify.gateway.retention.run())
  clearInterval(counter)
  t.equal(fastify.gateway.store.tail, head - keep + 1)
  t.equal(fastify.registry.list({ limit: 10_000 }).length, 5_000)
  t.equal(readdirSync(fastify.gateway.stateFolder.logs).length, 5_000)
})
