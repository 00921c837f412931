import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import type { SpawnerName } from '../../src/protocol/spawners.ts'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'
import { processesNamed } from './watch.ts'

const chains = 8
const fixture = join(import.meta.dirname, '../fixtures/fork-chain.py')

async function anotherSessionGoesOn(t: Test, fastify: FastifyInstance): Promise<void> {
  const { id } = await launch(fastify, 'other')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM'], survivors: 0 } })
}

function start(t: Test, spawner: SpawnerName, chain: Partial<AppEntry>): Promise<FastifyInstance> {
  return build(t, { spawner, apps: { chain, other: shell('echo READY; exec sleep 60') } })
}

for (const spawner of spawners) {
  for (const manner of ['group', 'setsid']) {
    t.test(`${spawner}: ${chains} fork chains (${manner}) are ended, and delay no other session`, async t => {
      const marker = `chain-${process.pid}-${spawner}-${manner}`
      const fastify = await start(t, spawner, {
        command: ['python3', fixture, marker, manner],
        ready: { none: true }
      })
      const ids = await Promise.all(Array.from({ length: chains }, async () => (await launch(fastify, 'chain')).id))
      await anotherSessionGoesOn(t, fastify)
      for (const id of ids) t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'exited', survivors: 0 } })
      t.same(processesNamed(marker), [])
    })
  }
}

t.test('posix-spawn: fork chains that hide whose they are are ended while their sessions run on', async t => {
  const marker = `chain-${process.pid}-hidden`
  const hidden = `prlimit --locks=unlimited env -i setsid -f /usr/bin/env python3 ${fixture} ${marker} setsid`
  const fastify = await start(t, 'posix-spawn', shell(`${hidden}; echo READY; exec sleep 60`))
  const ids = await Promise.all(Array.from({ length: chains }, async () => (await launch(fastify, 'chain')).id))
  for (const id of ids) await until(fastify, id, 'ready')
  await anotherSessionGoesOn(t, fastify)
  for (let seen = 0; seen < 3; seen = processesNamed(marker).length > 0 ? 0 : seen + 1) await delay(5)
  for (const id of ids) t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'running' })
})

t.test('posix-spawn: dozens of fork chains in a session that runs on delay no other session by seconds', async t => {
  if (process.getuid?.() !== 0) return t.comment('only root may raise the priority of the supervisor')
  const marker = `chain-${process.pid}-dozens`
  // As another user with a limit of its own, so that the table of processes can't become full.
  const bounded = 'setpriv --reuid 65533 --regid 65533 --clear-groups prlimit --nproc=2000'
  const chain = `${bounded} setsid -f /usr/bin/env python3 - ${marker} setsid <${fixture}`
  const fastify = await start(
    t,
    'posix-spawn',
    shell(`for i in $(seq 31); do ${chain}; done; echo READY; exec sleep 60`)
  )
  const { id } = await launch(fastify, 'chain')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  const begin = performance.now()
  for (let others = 0; others < 3; others++) await anotherSessionGoesOn(t, fastify)
  const tookMs = Math.round(performance.now() - begin)
  t.comment(`three sessions took ${tookMs} ms`)
  // Without priority they take about as long as the chains live.
  t.ok(tookMs < 30_000, `three sessions took ${tookMs} ms`)
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'running' })
})
