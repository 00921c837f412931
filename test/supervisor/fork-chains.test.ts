import { join } from 'node:path'
import t from 'tap'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'
import { processesNamed } from './watch.ts'

const chains = 8
const fixture = join(import.meta.dirname, '../fixtures/fork-chain.py')

for (const spawner of spawners) {
  for (const manner of ['group', 'setsid']) {
    t.test(`${spawner}: ${chains} fork chains (${manner}) are ended, and delay no other session`, async t => {
      const marker = `chain-${process.pid}-${spawner}-${manner}`
      const chain = { command: ['python3', fixture, marker, manner], ready: { none: true as const } }
      const fastify = await build(t, { spawner, apps: { chain, other: shell('echo READY; exec sleep 60') } })
      const ids = await Promise.all(Array.from({ length: chains }, async () => (await launch(fastify, 'chain')).id))

      const other = await launch(fastify, 'other')
      t.match(await until(fastify, other.id, 'ready'), { state: 'running' })
      await stop(fastify, other.id)
      t.match(await until(fastify, other.id, 'stopped'), { stop: { signalsSent: ['SIGTERM'] } })

      for (const id of ids) t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'exited', survivors: 0 } })
      t.same(processesNamed(marker), [])
    })
  }
}
