import t from 'tap'
import type { Welcome } from '../../src/protocol/reports.ts'
import { build, launch, shell, spawners, until } from '../helper.ts'

for (const spawner of spawners) {
  t.test(`${spawner}: a log that is read at once has the line that made the session ready`, async t => {
    const fastify = await build(t, { spawner, apps: { app: shell('echo READY; exec sleep 60') } })
    for (let round = 0; round < 40; round++) {
      const { id } = await launch(fastify, 'app')
      await until(fastify, id, 'ready')
      const [text, page] = await Promise.all([
        fastify.inject(`/sessions/${id}/logs`),
        fastify.inject(`/sessions/${id}/log-lines`)
      ])
      t.equal(text.body, 'READY\n')
      t.match(page.json(), { items: [{ line: 'READY' }], lastSeq: 1 })
    }
  })
}

t.test('a log can be read while the supervisor does not answer, and when it is lost meanwhile', async t => {
  const fastify = await build(t, { apps: { app: shell('echo READY; exec sleep 60') } })
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'ready')
  t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, 'READY\n')
  const { pid } = fastify.supervisor.welcome as Welcome
  process.kill(pid, 'SIGSTOP')
  t.equal((await fastify.inject(`/sessions/${id}/logs`)).body, 'READY\n', 'no answer is waited for in vain')
  const reads = Promise.all(Array.from({ length: 10 }, () => fastify.inject(`/sessions/${id}/logs`)))
  process.kill(pid, 'SIGKILL')
  for (const { body } of await reads) t.equal(body, 'READY\n')
  await until(fastify, id, 'stopped')
})
