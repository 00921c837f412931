import t from 'tap'
import { build, eventTypes, launch, shell, spawners, until } from '../helper.ts'

for (const spawner of spawners) {
  t.test(spawner, async t => {
    const fastify = await build(t, {
      spawner,
      apps: {
        ready: shell('echo READY; exec sleep 60'),
        missing: { command: ['there-is-no-such-program'] },
        crash: shell('echo oops >&2; exit 3')
      }
    })

    t.test('a program that is not there ends as spawnFailed', async t => {
      const { id } = await launch(fastify, 'missing')
      const session = await until(fastify, id, 'stopped')
      t.match(session, { state: 'stopped', stop: { reason: 'spawnFailed', initiator: 'gateway', survivors: 0 } })
      t.same(await eventTypes(fastify, id), ['Launched', 'Stopped'])
    })

    t.test('an exit before ready ends as readyMissed, with the exit code', async t => {
      const { id } = await launch(fastify, 'crash')
      const session = await until(fastify, id, 'stopped')
      t.match(session, { stop: { reason: 'readyMissed', initiator: 'app', exitCode: 3 } })
    })
  })
}
