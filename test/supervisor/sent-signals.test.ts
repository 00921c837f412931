import { join } from 'node:path'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const daemons = 40

for (const spawner of spawners) {
  t.test(`${spawner}: a stopped session tells which processes got which signals`, async t => {
    // Each says that it has left the group of the app, which waits for that.
    const left = join(await temporaryFolder(t), 'left')
    const daemon = `setsid -f sh -c 'echo >> ${left}; exec sleep 60' >/dev/null 2>&1`
    const haveLeft = `until [ "$(wc -l < ${left})" = ${daemons} ]; do sleep 0.01; done`
    const script = `for n in $(seq ${daemons}); do ${daemon}; done; ${haveLeft}; echo READY; exec sleep 60`
    const apps = { graceful: shell('echo READY; exec sleep 60'), escaping: shell(script) }
    const fastify = await build(t, { apps, spawner })
    const ids = [(await launch(fastify, 'graceful')).id, (await launch(fastify, 'escaping')).id]
    for (const id of ids) {
      await until(fastify, id, 'ready')
      await stop(fastify, id)
    }
    const [graceful, escaping] = await Promise.all(ids.map(id => until(fastify, id, 'stopped')))
    if (graceful?.state !== 'stopped' || escaping?.state !== 'stopped') return t.fail('not stopped')
    t.match(graceful.stop.signals, [{ signal: 'SIGTERM', count: 1, pids: [graceful.pid] }])
    t.equal(graceful.stop.signals?.length, 1)
    const [term, ...others] = escaping.stop.signals ?? []
    t.same(others, [])
    // The leader and each daemon.
    t.match(term, { signal: 'SIGTERM', count: daemons + 1 })
    t.equal(new Set(term?.pids).size, 32)
    t.ok(escaping.pid !== undefined && term?.pids.includes(escaping.pid))
    t.ok((term?.at ?? '') <= escaping.stoppedAt)
    t.same(escaping.stop.signalsSent, ['SIGTERM'])
  })
}

t.test('a session that was forced to stop got SIGKILL alone', async t => {
  const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 60') } })
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  await stop(fastify, id, '?force=true')
  t.match(await until(fastify, id, 'stopped'), { stop: { signals: [{ signal: 'SIGKILL', count: 1 }] } })
})
