import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'
import { watch } from './watch.ts'

const longGrace = { stopGraceMs: 60_000 }

/** A script that writes its data into `file` when it gets SIGTERM, and tells on `file`.up that its handler is there. */
const saving = (file: string) =>
  `trap "echo saved >> ${file}; exit 0" TERM; touch ${file}.up; while :; do sleep 0.01; done >/dev/null 2>&1`

const whenUp = (file: string) => `until [ -e ${file}.up ]; do sleep 0.01; done`

/** Ways out of the process group of the app. */
const ways: Record<string, (script: string) => string> = {
  'a daemon in a session of its own': script => `setsid -f sh -c '${script}' >/dev/null 2>&1`,
  'a daemon, forked twice': script => `(setsid sh -c '(${script}) &' >/dev/null 2>&1 &)`,
  'a job in a group of its own': script => `set -m; (${script}) & set +m`
}

for (const spawner of spawners) {
  t.test(spawner, async t => {
    for (const [name, leave] of Object.entries(ways)) {
      t.test(`${name} gets the stop signal and the grace`, async t => {
        const file = join(await temporaryFolder(t), 'data')
        const script = `${leave(saving(file))}\n${whenUp(file)}; echo READY; exec sleep 60`
        const fastify = await build(t, { apps: { app: shell(script, longGrace) }, spawner })
        const { processes } = watch(fastify)
        const { id } = await launch(fastify, 'app')
        await until(fastify, id, 'ready')
        await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM'], survivors: 0 } })
        t.equal(readFileSync(file, 'utf8'), 'saved\n', 'once')
        t.same(processes(id), [])
      })

      t.test(`${name} gets them, too, when the first process exits by itself`, async t => {
        const file = join(await temporaryFolder(t), 'data')
        const script = `${leave(saving(file))}\n${whenUp(file)}; exit 3`
        const fastify = await build(t, {
          apps: { app: shell(script, { ...longGrace, ready: { none: true } }) },
          spawner
        })
        const { id } = await launch(fastify, 'app')
        t.match(await until(fastify, id, 'stopped'), {
          stop: { reason: 'exited', initiator: 'app', exitCode: 3, signalsSent: ['SIGTERM'], survivors: 0 }
        })
        t.equal(readFileSync(file, 'utf8'), 'saved\n', 'once')
      })
    }

    t.test('what a handler starts in order to end well does not get the stop signal', async t => {
      const file = join(await temporaryFolder(t), 'data')
      const inHandler = `setsid sh -c "sleep 0.3; echo saved >> ${file}"; sh -c "sleep 0.1; echo closed >> ${file}"`
      const script = `trap '${inHandler}; exit 0' TERM; echo READY; while :; do sleep 0.01; done`
      const fastify = await build(t, { apps: { app: shell(script, longGrace) }, spawner })
      const { id } = await launch(fastify, 'app')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { exitCode: 0, signalsSent: ['SIGTERM'] } })
      t.equal(readFileSync(file, 'utf8'), 'saved\nclosed\n')
    })

    t.test(
      'a daemon that ignores the stop signal is killed when the grace is over, and a forced stop shortens it',
      async t => {
        const file = join(await temporaryFolder(t), 'data')
        const deaf = `setsid -f sh -c 'trap "" TERM; touch ${file}.up; exec sleep 60' >/dev/null 2>&1`
        const script = `${deaf}; ${whenUp(file)}; echo READY; exec sleep 60`
        const apps = { brief: shell(script, { stopGraceMs: 200 }), long: shell(script, longGrace) }
        const fastify = await build(t, { apps, spawner })
        const [brief, long] = [await launch(fastify, 'brief'), await launch(fastify, 'long')]
        for (const { id } of [brief, long]) {
          await until(fastify, id, 'ready')
          await stop(fastify, id)
        }
        await stop(fastify, long.id, '?force=true')
        for (const { id } of [brief, long]) {
          const session = await until(fastify, id, 'stopped')
          t.match(session, { stop: { signalsSent: /^(SIGTERM,)?SIGKILL$/, survivors: 0 } })
        }
      }
    )

    t.test('a forced stop gives no process a signal that it can handle', async t => {
      const file = join(await temporaryFolder(t), 'data')
      const script = `setsid -f sh -c '${saving(file)}' >/dev/null 2>&1; ${whenUp(file)}; echo READY; exec sleep 60`
      const fastify = await build(t, { apps: { app: shell(script, longGrace) }, spawner })
      const { id } = await launch(fastify, 'app')
      await until(fastify, id, 'ready')
      await stop(fastify, id, '?force=true')
      t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGKILL'], survivors: 0 } })
      t.notOk(existsSync(file))
    })
  })
}
