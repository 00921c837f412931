import { readdirSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { childrenOf } from '../src/supervisor/processes/proc.ts'
import { build, launch, shell, until } from './helper.ts'

const count = 1_000
const atATime = 16

t.test('a thousand sessions run at once, end, and leave nothing behind', { timeout: 300_000 }, async t => {
  const fastify = await build(t, { apps: { sleep: shell('echo READY; exec sleep 600') } })
  await cycle(fastify, 20)
  const before = usage(fastify)

  const startedAt = performance.now()
  const ids = await launchMany(fastify, count)
  const launchedAt = performance.now()
  const running = await fastify.inject('/sessions?state=running&limit=1000')
  t.equal(running.json().items.length, count, 'all are running at once')
  const during = usage(fastify)
  t.equal(during.children, count)

  const stopAt = performance.now()
  await Promise.all(
    ids.map(id => fastify.inject({ method: 'DELETE', url: `/sessions/${id}`, headers: { prefer: 'wait=60' } }))
  )
  const stoppedAt = performance.now()
  const stopped = await fastify.inject('/sessions?state=stopped&limit=1000')
  t.equal(stopped.json().items.length, 1_000)

  const after = usage(fastify)
  t.comment(`${count} launched, ${atATime} at a time: ${rate(launchedAt - startedAt)} a second`)
  t.comment(`${count} stopped, all at once: ${rate(stoppedAt - stopAt)} a second`)
  t.comment('before', before)
  t.comment('during', during)
  t.comment('after ', after)
  t.equal(after.children, 0, 'no process')
  t.ok(after.supervisorFds <= before.supervisorFds, 'no file descriptor of the supervisor')
  t.ok(after.gatewayFds <= before.gatewayFds + 2, 'no file descriptor of the gateway')
  t.ok(after.timers <= before.timers + 2, 'no timer of the gateway')
})

async function launchMany(fastify: FastifyInstance, total: number): Promise<number[]> {
  const ids: number[] = []
  const worker = async () => {
    while (ids.length < total) {
      const place = ids.push(0) - 1
      const { id } = await launch(fastify, 'sleep')
      ids[place] = id
      await until(fastify, id, 'ready')
    }
  }
  await Promise.all(Array.from({ length: atATime }, worker))
  return ids
}

/** So that everything that is made once is there before the count. */
async function cycle(fastify: FastifyInstance, total: number): Promise<void> {
  for (const id of await launchMany(fastify, total)) {
    await fastify.inject({ method: 'DELETE', url: `/sessions/${id}`, headers: { prefer: 'wait=60' } })
  }
}

function usage(fastify: FastifyInstance) {
  const { pid = 0 } = fastify.supervisor.welcome ?? {}
  return {
    children: childrenOf(pid).length,
    supervisorFds: readdirSync(`/proc/${pid}/fd`).length,
    gatewayFds: readdirSync('/proc/self/fd').length,
    timers: process.getActiveResourcesInfo().filter(name => name === 'Timeout').length,
    gatewayRssMb: Math.round(process.memoryUsage.rss() / 1_048_576)
  }
}

function rate(ms: number): number {
  return Math.round((count * 1000) / ms)
}
