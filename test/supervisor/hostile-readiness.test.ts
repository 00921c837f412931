import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'
import { watch } from './watch.ts'

async function logOf(fastify: FastifyInstance, id: number, query = '') {
  const headers = { accept: 'application/x-ndjson' }
  const { body } = await fastify.inject({ url: `/sessions/${id}/logs${query}`, headers })
  return body
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
}

/** `READY {"a":[[[…]]]}` of so many levels. */
const deep = (levels: number) => `READY {"a":${'['.repeat(levels)}${']'.repeat(levels)}}`

for (const spawner of spawners) {
  t.test(`${spawner}: a READY line of any depth costs no session but its own`, async t => {
    const depths = [16, 100, 1_000, 4_000, 4_308, 4_350, 4_388, 5_000]
    const apps = Object.fromEntries(
      depths.flatMap(levels => [
        [`closed-${levels}`, shell(`echo '${deep(levels)}'; exec sleep 60`, { readyTimeoutMs: 500 })],
        [
          `open-${levels}`,
          shell(`echo '${deep(levels).slice(0, -1 - levels)}'; exec sleep 60`, { readyTimeoutMs: 500 })
        ]
      ])
    )
    const fastify = await build(t, { spawner, apps: { ...apps, steady: shell('echo READY; exec sleep 60') } })
    const { processes } = watch(fastify)
    const supervisor = fastify.supervisor.welcome?.pid
    const steady = await launch(fastify, 'steady')
    const sessions = await Promise.all(Object.keys(apps).map(appId => launch(fastify, appId)))
    for (const { id, appId } of sessions) {
      const session = await until(fastify, id, 'stopped')
      const why = /line 1 of stdout began with READY but its JSON is (too deep|too large|broken)/
      t.match(session, { stop: { reason: 'readyTimeout', message: why, survivors: 0 } }, appId)
      t.same(processes(id), [])
      t.match((await logOf(fastify, id)).at(-1), { seq: 2, stream: 'gateway', line: why })
    }
    t.equal((await fastify.inject('/sessions')).statusCode, 200)
    t.equal(fastify.supervisor.welcome?.pid, supervisor, 'the supervisor is the same')
    t.match(await until(fastify, steady.id, 'ready'), { state: 'running' })
    await stop(fastify, steady.id)
  })
}

t.test('a line that looks like READY and does not count is told at once, ten times at most', async t => {
  const broken = shell("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo 'READY {broken'; done; sleep 60")
  const fastify = await build(t, { apps: { broken } })
  const { id } = await launch(fastify, 'broken')
  let remarks: { line: string }[] = []
  while (remarks.length < 10) remarks = (await logOf(fastify, id)).filter(({ stream }) => stream === 'gateway')
  t.equal(remarks[2]?.line, 'line 3 of stdout began with READY but its JSON is broken: it does not count')
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  t.equal((await logOf(fastify, id, '?stream=stdout')).filter(({ stream }) => stream === 'gateway').length, 10)
})

/** Lines on which a backtracking engine takes seconds or minutes. */
const attacks = {
  repeats: {
    ready: { pattern: 'listening on (?<host>.*):(?<port>\\d+)' },
    script: 'i=0; while [ $i -lt 5000 ]; do printf "listening on "; i=$((i+1)); done; echo'
  },
  blanks: { ready: { pattern: '\\s+ready\\s*$' }, script: 'head -c 60000 /dev/zero | tr "\\0" " "; echo' },
  nested: { ready: { pattern: '^(a+)+$' }, script: 'head -c 4000 /dev/zero | tr "\\0" a; echo !' }
}

for (const [name, { ready, script }] of Object.entries(attacks)) {
  t.test(`a line made against its pattern (${name}) holds up no other session`, async t => {
    const attack = shell(`${script}; echo done >&2; exec sleep 60`, { ready })
    const other = shell('echo up on 80; exec sleep 60', { ready: { pattern: 'up on (?<port>\\d+)' } })
    const fastify = await build(t, { apps: { attack, other } })
    const [attacker, victim] = await Promise.all([launch(fastify, 'attack'), launch(fastify, 'other')])
    t.match(await until(fastify, victim.id, 'ready'), { state: 'running', ready: { port: '80' } })
    while (!(await logOf(fastify, attacker.id)).some(({ line }) => line === 'done')) t.ok(true)
    t.match((await fastify.inject(`/sessions/${attacker.id}`)).json(), { state: 'starting' }, 'and does not match')
    for (const { id } of [attacker, victim]) await stop(fastify, id)
  })
}

t.test('a pattern looks at the first 4 KiB of a line', async t => {
  const far = shell('head -c 4096 /dev/zero | tr "\\0" x; echo ready; echo now ready; exec sleep 60', {
    ready: { pattern: '(?<before>\\w*) ?ready' }
  })
  const fastify = await build(t, { apps: { far } })
  const { id } = await launch(fastify, 'far')
  t.match(await until(fastify, id, 'ready'), { state: 'running', ready: { before: 'now' } })
  await stop(fastify, id)
})

t.test('what made an app ready is in its log when it is said to be ready', async t => {
  const fastify = await build(t, { apps: { app: shell('echo hello; echo READY; exec sleep 60') } })
  for (let turn = 0; turn < 20; turn++) {
    const { id } = await launch(fastify, 'app')
    await until(fastify, id, 'ready')
    t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, 'hello\nREADY\n')
    await stop(fastify, id, '?force=true')
  }
})
