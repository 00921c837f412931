import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { openNdjson } from '../clients.ts'
import { GatewayProcess } from '../gateway-process.ts'
import {
  build,
  eventTypes,
  launch,
  processesOf,
  shell,
  spawners,
  stop,
  type TestOptions,
  temporaryFolder,
  until
} from '../helper.ts'
import { tmpfs } from '../tmpfs.ts'

const steady = shell('echo READY; exec sleep 600')

/** Members of its group, and a daemon that left it. */
const family = shell('sleep 600 & setsid -f sleep 600; echo READY; exec sleep 600')

const ready = async (fastify: FastifyInstance, appId: string) =>
  await until(fastify, (await launch(fastify, appId)).id, 'ready')

const post = (fastify: FastifyInstance, appId: string) =>
  fastify.inject({ method: 'POST', url: '/sessions', payload: { appId } })

function keyOf(fastify: FastifyInstance, id: number): Set<string> {
  return new Set(
    fastify.gateway.registry.registrations.filter(({ session }) => session.id === id).map(({ key }) => key)
  )
}

/** A gateway whose state is on a disk of its own, which `fill` fills and `free` makes room on. */
async function onSmallDisk(t: Test, apps: TestOptions['apps'] & object) {
  const disk = await tmpfs(t, '3m')
  if (!disk) return undefined
  const ballast = join(disk, 'ballast')
  const fastify = await build(t, { apps, stateDir: join(disk, 'state') })
  return {
    fastify,
    fill: () => writeFile(ballast, Buffer.alloc(4_194_304)).catch(() => {}),
    free: () => rm(ballast)
  }
}

/** What was written in the log before may be written again; the disk is felt when that is used up. */
async function untilFull(fastify: FastifyInstance) {
  for (;;) {
    const response = await post(fastify, 'quick')
    if (response.statusCode !== 201) return response
    await until(fastify, response.json().id, 'stopped')
  }
}

t.test('a full disk: nothing is launched, what runs runs on, and what is stopped ends', async t => {
  const go = join(await temporaryFolder(t), 'go')
  const ending = shell(`echo READY; while [ ! -e ${go} ]; do sleep 0.02; done; exit 7`)
  const disk = await onSmallDisk(t, { steady, family, ending, quick: shell('exit 0') })
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const { fastify, fill, free } = disk
  const events = await openNdjson(t, `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`)
  const untouched = await ready(fastify, 'steady')
  const stopped = await ready(fastify, 'family')
  const ended = await ready(fastify, 'ending')
  const keys = [stopped, ended].map(({ id }) => keyOf(fastify, id))
  t.ok(keys.every(key => processesOf(key).length > 0))

  await fill()
  const refused = await untilFull(fastify)
  t.equal(refused.statusCode, 503)
  t.match(refused.json(), { code: 'storage-unavailable', detail: /full/, retryAfterMs: 1_000 })
  t.equal(refused.headers['retry-after'], '1')
  t.match((await fastify.inject('/readyz')).json(), { status: 503, code: 'storage-unavailable' })
  t.equal((await fastify.inject('/livez')).statusCode, 200)
  const { head } = fastify.gateway.store

  t.equal((await fastify.inject({ method: 'DELETE', url: `/sessions/${stopped.id}` })).statusCode, 202)
  await writeFile(go, '')
  while (keys.some(key => processesOf(key).length > 0)) await nextTurn()
  t.pass('the processes are gone')
  t.hasStrict((await fastify.inject(`/sessions/${untouched.id}`)).json(), untouched)
  t.equal((await fastify.inject('/sessions?state=running')).statusCode, 200, 'reading goes on')
  t.equal(fastify.gateway.store.head, head, 'nothing is said that is not durable')

  await free()
  t.match(await until(fastify, stopped.id, 'stopped'), { stop: { reason: 'terminated', initiator: 'client' } })
  t.match(await until(fastify, ended.id, 'stopped'), { stop: { reason: 'exited', initiator: 'app', exitCode: 7 } })
  t.equal((await fastify.inject('/readyz')).statusCode, 200)
  t.match(await ready(fastify, 'steady'), { state: 'running' })
  t.hasStrict((await fastify.inject(`/sessions/${untouched.id}`)).json(), untouched)

  await events.untilSeq(fastify.gateway.store.head)
  const heard = events.events.map(({ seq }) => seq)
  t.same(
    heard,
    heard.map((_, index) => index + 1),
    'the client that was there has every event once'
  )
  for (const { id } of [stopped, ended]) {
    const types = await eventTypes(fastify, id)
    t.equal(types.filter(type => type === 'Stopped').length, 1, types.join(' '))
    t.equal(types.at(-1), 'Stopped')
  }
})

t.test('an app that writes on while the disk is full is not held up, and its log says what is missing', async t => {
  const folder = await temporaryFolder(t)
  const loud = shell(
    `echo READY; while [ ! -e ${folder}/go ]; do sleep 0.02; done; seq -f 'line %.0f' 1 200000; touch ${folder}/done;
    while [ ! -e ${folder}/end ]; do sleep 0.02; done; echo end`
  )
  const disk = await onSmallDisk(t, { loud, quick: shell('exit 0') })
  if (!disk) return t.comment('no tmpfs can be mounted here')
  const { fastify, fill, free } = disk
  const { id } = await ready(fastify, 'loud')
  await fill()
  await untilFull(fastify)
  await writeFile(join(folder, 'go'), '')
  while (!readdirSync(folder).includes('done')) await nextTurn()
  await free()
  await writeFile(join(folder, 'end'), '')
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'exited', exitCode: 0 } })
  const lines = (await fastify.inject(`/sessions/${id}/logs?tail=100000`)).body.trimEnd().split('\n')
  t.equal(lines[0], 'READY')
  t.equal(lines.at(-1), 'end')
  const gaps = lines.filter(line => /^\(\d+ lines are missing\)$/.test(line))
  t.ok(gaps.length > 0, gaps.join(' '))
})

for (const spawner of spawners) {
  t.test(`${spawner}: a supervisor without free descriptors launches nothing, and stops what it has`, async t => {
    const fastify = await build(t, { apps: { steady, family, web: { ...steady, env: { P: '{port}' } } }, spawner })
    const untouched = await ready(fastify, 'steady')
    const { id } = await ready(fastify, 'family')
    const key = keyOf(fastify, id)
    const pid = fastify.supervisor.welcome?.pid as number
    const original = limitFiles(pid, readdirSync(`/proc/${pid}/fd`).length)

    for (const app of ['steady', 'web']) {
      const failed = await until(fastify, (await launch(fastify, app)).id, 'stopped')
      t.match(failed, { stop: { reason: 'spawnFailed', initiator: 'gateway', message: /EMFILE/ } })
    }
    t.hasStrict((await fastify.inject(`/sessions/${untouched.id}`)).json(), untouched)
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated' } })
    t.same(processesOf(key), [], 'the daemon included')

    limitFiles(pid, original)
    for (const app of ['steady', 'web']) t.match(await ready(fastify, app), { state: 'running' })
    t.hasStrict((await fastify.inject(`/sessions/${untouched.id}`)).json(), untouched)
    t.equal(fastify.supervisor.attachments, 1, 'it was the same supervisor all the time')
  })
}

t.test('a gateway without free descriptors takes no connections, and lives', async t => {
  const gateway = await GatewayProcess.start(t, { apps: { steady } })
  const session = await gateway.launch('steady')
  const original = limitFiles(gateway.pid, readdirSync(`/proc/${gateway.pid}/fd`).length)
  const attempts = await Promise.allSettled(
    Array.from({ length: 8 }, () => fetch(`${gateway.url}/livez`, { headers: { connection: 'close' } }))
  )
  t.ok(
    attempts.some(({ status }) => status === 'rejected'),
    'the limit is felt'
  )
  limitFiles(gateway.pid, original)
  t.same(await gateway.session(session.id), session)
  t.match(await gateway.launch('steady'), { state: 'running' })
})

/** Sets the soft limit of open files of a process; returns what it was. */
function limitFiles(pid: number, limit: number): number {
  const before = execFileSync('prlimit', ['--pid', `${pid}`, '--nofile', '--output=SOFT', '--noheadings'])
  execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${limit}:`])
  return Number(before)
}
