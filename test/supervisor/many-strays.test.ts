import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'

/** System calls of the kind of read(2) that the supervisor has made. */
const reads = ({ supervisor }: FastifyInstance) =>
  Number(/syscr: (\d+)/.exec(readFileSync(`/proc/${supervisor.welcome?.pid}/io`, 'utf8'))?.[1])

/** What it costs to stop `count` sessions at once that have each daemonized a child. */
async function readsOfStops(fastify: FastifyInstance, count: number): Promise<number> {
  const ids: number[] = []
  while (ids.length < count) {
    const some = await Promise.all(Array.from({ length: 25 }, () => launch(fastify, 'daemonizer')))
    for (const { id } of some) await until(fastify, id, 'ready')
    ids.push(...some.map(({ id }) => id))
  }
  const before = reads(fastify)
  await Promise.all(ids.map(id => stop(fastify, id)))
  const sessions = await Promise.all(ids.map(id => until(fastify, id, 'stopped')))
  const cost = reads(fastify) - before
  for (const session of sessions) t.match(session, { stop: { reason: 'terminated', survivors: 0 } })
  return cost
}

for (const spawner of spawners) {
  t.test(`${spawner}: the work of stopping 500 sessions that daemonize grows with their number`, async t => {
    const apps = { daemonizer: shell('setsid -f sleep 600 >/dev/null 2>&1; echo READY; exec sleep 600') }
    const fastify = await build(t, { spawner, apps, limits: { maxSessions: 1_000 } })
    const few = await readsOfStops(fastify, 125)
    const many = await readsOfStops(fastify, 500)
    t.comment(`${few} reads for 125 sessions, ${many} for 500`)
    t.ok(many < few * 8, `${few} reads for 125 sessions, ${many} for 500: four times as many, not sixteen`)
  })
}
