import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { openNdjson, openSse, openWebSocket } from '../../clients.ts'
import { build, eventTypes, launch, shell, stop, type TestOptions, temporaryFolder, until } from '../../helper.ts'

const apps = {
  quick: shell('echo done'),
  wordy: shell('head -c 20000 /dev/zero | tr "\\0" x'),
  steady: shell('echo READY; exec sleep 600')
}

const everything = {
  eventsMaxCount: 0,
  eventsMaxAgeMs: 0,
  sessionsMaxCount: 0,
  sessionsMaxAgeMs: 0,
  logsMaxBytes: 0
}

const serve = (t: Test, retention: TestOptions['retention'] & object) => build(t, { apps, retention })

async function run(fastify: FastifyInstance, appId: string, members: object = {}): Promise<number> {
  const { id } = await launch(fastify, appId, members)
  await until(fastify, id, 'stopped')
  return id
}

/** Sets times back, as if the clock had gone on since. */
function age(fastify: FastifyInstance, sql: string) {
  const database = new DatabaseSync(fastify.gateway.stateFolder.database)
  database.exec(sql)
  database.close()
}

const hour = 3_600_000

async function history(fastify: FastifyInstance, since: number) {
  const url = `/events?since=${fastify.gateway.store.epoch}.${since}&limit=1000`
  return await fastify.inject({ url, headers: { accept: 'application/json' } })
}

const hasLog = (fastify: FastifyInstance, id: number) =>
  readdirSync(fastify.gateway.stateFolder.logs).some(name => name.startsWith(`${id}-`))

t.test('events are kept up to a count; who comes with an older cursor gets Gap and Snapshot, or 410', async t => {
  const fastify = await serve(t, { eventsMaxCount: 5 })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  for (let turn = 0; turn < 4; turn++) await run(fastify, 'quick')
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  const { head, epoch } = fastify.gateway.store
  await fastify.gateway.retention.run()
  t.equal(fastify.gateway.store.tail, head - 4)
  t.equal(fastify.gateway.store.head, head)

  for (const connect of [openWebSocket, openSse, openNdjson]) {
    const late = await connect(t, `${url}?since=${epoch}.${head - 6}`)
    await late.until(({ type }) => type === 'Snapshot')
    t.same(late.types, ['Hello', 'Gap', 'Snapshot'])
    t.match(late.messages[2]?.sessions, [{ id, state: 'running' }], 'what lives is in the snapshot')
    const inTime = await connect(t, `${url}?since=${epoch}.${head - 5}`)
    await inTime.untilSeq(head)
    t.notOk(inTime.types.includes('Gap'), 'the last of the cursors from which nothing is missed')
    t.equal(inTime.events.length, 5)
  }
  t.match((await history(fastify, head - 6)).json(), { status: 410, code: 'cursor-expired' })
  const page = (await history(fastify, head - 5)).json()
  t.equal(page.items.length, 5)
  t.equal(page.cursor, `${epoch}.${head}`)
})

t.test('events are kept up to an age', async t => {
  const fastify = await serve(t, { eventsMaxAgeMs: hour })
  for (let turn = 0; turn < 3; turn++) await run(fastify, 'quick')
  await fastify.gateway.retention.run()
  t.equal(fastify.gateway.store.tail, 1)
  age(fastify, `UPDATE events SET time = time - ${2 * hour} WHERE seq <= 4`)
  await fastify.gateway.retention.run()
  t.equal(fastify.gateway.store.tail, 5)
})

t.test('a clock that was set back makes no holes in the log', async t => {
  const fastify = await serve(t, { eventsMaxAgeMs: hour })
  for (let turn = 0; turn < 3; turn++) await run(fastify, 'quick')
  age(fastify, `UPDATE events SET time = time - ${2 * hour} WHERE seq > 2`)
  await fastify.gateway.retention.run()
  t.equal((await history(fastify, 0)).json().items.length, fastify.gateway.store.head)
})

t.test('numbers go on where all events are pruned, also after a restart', async t => {
  const fastify = await serve(t, everything)
  const { stateDir } = fastify.gateway.config
  const id = await run(fastify, 'quick')
  const { head } = fastify.gateway.store
  await fastify.gateway.retention.run()
  t.equal(fastify.gateway.store.tail, head + 1)
  t.equal((await history(fastify, head)).statusCode, 200, 'who has seen everything has missed nothing')
  await fastify.close()
  const next = await build(t, { apps, stateDir })
  t.equal(next.gateway.store.head, head)
  t.equal((await launch(next, 'quick')).id, id + 1)
  t.equal(next.gateway.store.head, head + 1)
})

t.test('stopped sessions are kept up to a count, with their logs; then they are not found', async t => {
  const fastify = await serve(t, { sessionsMaxCount: 2 })
  const ids: number[] = []
  for (let turn = 0; turn < 4; turn++) ids.push(await run(fastify, 'quick', { labels: { turn: String(turn) } }))
  await fastify.gateway.retention.run()
  for (const id of ids.slice(0, 2)) {
    for (const path of ['', '/logs', '/wait']) {
      t.match((await fastify.inject(`/sessions/${id}${path}`)).json(), { status: 404, code: 'session-not-found' })
    }
    const response = await fastify.inject({ method: 'DELETE', url: `/sessions/${id}` })
    t.equal(response.statusCode, 404)
    t.notOk(hasLog(fastify, id))
  }
  for (const id of ids.slice(2)) t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, 'done\n')
  const list = async (query: string) => (await fastify.inject(`/sessions${query}`)).json().items.length
  t.equal(await list(''), 2)
  t.equal(await list('?label=turn=0'), 0)
  t.equal(await list('?label=turn=3'), 1)
})

t.test('stopped sessions are kept up to an age, from their end', async t => {
  const fastify = await serve(t, { sessionsMaxAgeMs: hour })
  const [old, fresh] = [await run(fastify, 'quick'), await run(fastify, 'quick')]
  await fastify.gateway.retention.run()
  t.equal((await fastify.inject(`/sessions/${old}`)).statusCode, 200)
  age(fastify, `UPDATE sessions SET stopped_at = stopped_at - ${2 * hour} WHERE id = ${old}`)
  await fastify.gateway.retention.run()
  t.equal((await fastify.inject(`/sessions/${old}`)).statusCode, 404)
  t.equal((await fastify.inject(`/sessions/${fresh}`)).statusCode, 200)
})

t.test('logs are kept up to a total of bytes: those of the first that stopped go, their sessions stay', async t => {
  const fastify = await serve(t, { logsMaxBytes: 50_000 })
  const ids: number[] = []
  for (let turn = 0; turn < 4; turn++) ids.push(await run(fastify, 'wordy'))
  const sizes = async () =>
    await Promise.all(ids.map(async id => (await fastify.inject(`/sessions/${id}/logs`)).body.length))
  t.same(await sizes(), [20_001, 20_001, 20_001, 20_001])
  for (let round = 0; round < 2; round++) {
    await fastify.gateway.retention.run()
    t.same(await sizes(), [0, 0, 20_001, 20_001])
  }
  for (const id of ids) t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'stopped' })
  const follow = await fastify.inject(`/sessions/${ids[0]}/logs?follow=true`)
  t.equal(follow.statusCode, 200)
  t.equal(follow.body, '', 'a follow of what is gone ends at once')
})

t.test('a session that is not over is never pruned, nor its log', async t => {
  const fastify = await serve(t, everything)
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  const over = await run(fastify, 'wordy')
  await fastify.gateway.retention.run()
  t.equal((await fastify.inject(`/sessions/${over}`)).statusCode, 404)
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'running' })
  t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, 'READY\n')
  t.same(await eventTypes(fastify, id), [])
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated' } })
  t.equal((await eventTypes(fastify, id)).at(-1), 'Stopped')
})

t.test('logs of sessions that nobody knows are removed, and what is no log is left', async t => {
  const fastify = await serve(t, {})
  const { logs } = fastify.gateway.stateFolder
  const own = await run(fastify, 'quick')
  const strangers = ['999-nobody', `${own}-of-another-event-log`]
  for (const name of strangers) {
    await mkdir(join(logs, name), { recursive: true })
    await writeFile(join(logs, name, '1.log'), '1 1700000000000 o 1 2 0\nx\n')
  }
  await mkdir(join(logs, 'lost+found'))
  await fastify.gateway.retention.run()
  for (const name of strangers) t.notOk(existsSync(join(logs, name)), name)
  t.ok(existsSync(join(logs, 'lost+found')))
  t.equal((await fastify.inject(`/sessions/${own}/logs`)).body, 'done\n')
})

t.test('what is foreign in the folder of logs, or points nowhere, ends no round of retention', async t => {
  const fastify = await serve(t, { logsMaxBytes: 0 })
  const { logs } = fastify.gateway.stateFolder
  const id = await run(fastify, 'wordy')
  const folder = fastify.gateway.sessionLog(fastify.gateway.sessions.get(id)).folder
  const outside = join(await temporaryFolder(t), 'kept')
  await writeFile(outside, 'x'.repeat(1_000))
  for (const parent of [logs, folder]) {
    await symlink('/nowhere', join(parent, 'dangling'))
    await symlink(outside, join(parent, '7.v2.log'))
    await writeFile(join(parent, 'notes.txt'), 'foreign')
  }
  await symlink('/nowhere', join(logs, '999-gone'))
  await writeFile(join(logs, '998-gone'), 'a file where a folder should be')
  t.equal((await fastify.inject(`/sessions/${id}/logs`)).statusCode, 200)
  await fastify.gateway.retention.run()
  t.notOk(existsSync(folder), 'the log is over the bound, and gone')
  t.equal((await readFile(outside, 'utf8')).length, 1_000, 'what was behind a link is there')
  t.same((await readdir(logs)).sort(), ['7.v2.log', 'dangling', 'notes.txt'])
})

t.test('retention runs when the gateway begins to listen, and the gateway can be closed meanwhile', async t => {
  const fastify = await serve(t, { sessionsMaxCount: 1 })
  const { stateDir } = fastify.gateway.config
  for (let turn = 0; turn < 3; turn++) await run(fastify, 'quick')
  await fastify.close()
  const next = await build(t, { apps, stateDir, retention: { sessionsMaxCount: 1 } })
  await next.listen({ port: 0, host: '127.0.0.1' })
  await next.close()
  const last = await build(t, { apps, stateDir })
  t.same(
    last.registry.list({ limit: 10 }).map(({ id }) => id),
    [3]
  )
})

t.test('a clock that is far ahead when the gateway starts makes nothing too old', async t => {
  const fastify = await serve(t, {})
  const { stateDir } = fastify.gateway.config
  const id = await run(fastify, 'quick', { labels: { kept: 'yes' } })
  await fastify.gateway.retention.run()
  await fastify.close()
  // As if all of it had been ten years ago.
  const database = new DatabaseSync(fastify.gateway.stateFolder.database)
  const years = 10 * 365 * 24 * hour
  database.exec(`UPDATE meta SET value = value - ${years} WHERE name = 'time'; UPDATE events SET time = time - ${years};
    UPDATE sessions SET stopped_at = stopped_at - ${years}`)
  database.close()
  const next = await build(t, { apps, stateDir })
  await next.gateway.retention.run()
  await next.gateway.retention.run()
  t.equal(next.gateway.store.tail, 1)
  t.equal((await next.inject(`/sessions/${id}/logs`)).body, 'done\n')
})
