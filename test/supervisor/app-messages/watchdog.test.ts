import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { Watchdog } from '../../../src/supervisor/app-messages/watchdog.ts'
import { build, launch, spawners, stop, until } from '../../helper.ts'

const script = join(import.meta.dirname, '../../fixtures/notify.py')

function watchdogOf(everyMs: number, read = () => {}) {
  const { promise, resolve } = Promise.withResolvers<number>()
  return { watchdog: new Watchdog(everyMs, { missed: resolve, read }), missed: promise }
}

t.test('a report that has come but is not read yet counts', async t => {
  let reads = 0
  const { watchdog, missed } = watchdogOf(30, () => {
    if (++reads <= 3) watchdog.reported()
  })
  watchdog.begin()
  t.equal(await missed, 30)
  t.ok(reads >= 4)
})

t.test('it begins when the app is ready, ends when it is closed, and can be switched off', async t => {
  const early = watchdogOf(1)
  early.watchdog.reported()
  const closed = watchdogOf(1)
  closed.watchdog.begin()
  closed.watchdog.close()
  closed.watchdog.reported()
  const off = watchdogOf(1)
  off.watchdog.begin()
  off.watchdog.everyMs = 0
  const one = watchdogOf(50)
  one.watchdog.begin()
  t.equal(await Promise.race([early.missed, closed.missed, off.missed, one.missed]), 50)
  off.watchdog.everyMs = 20
  t.equal(await off.missed, 20, 'and on again')
})

t.test('an app that ends by itself has the time of a stop', async t => {
  const { watchdog, missed } = watchdogOf(20)
  watchdog.begin()
  watchdog.stopping(150)
  t.equal(await missed, 150)
})

for (const spawner of spawners) {
  t.test(`${spawner}: that the supervisor was held up is no fault of the app`, async t => {
    const beats = Array.from({ length: 25 }, () => ['WATCHDOG=1', '0.1']).flat()
    const command = ['/usr/bin/python3', script, 'READY=1', ...beats, 'STATUS=done', ...beats]
    const app = { command, ready: { notify: true, watchdogMs: 600 } as const }
    const fastify = await build(t, { spawner, apps: { app } })
    const { id } = await launch(fastify, 'app')
    await until(fastify, id, 'ready')
    const pid = fastify.supervisor.welcome?.pid as number
    process.kill(pid, 'SIGSTOP')
    // Twice as long as the watchdog: this is the time that must pass.
    await delay(1_200)
    process.kill(pid, 'SIGCONT')
    for (;;) {
      const { state, progress } = (await fastify.inject(`/sessions/${id}`)).json()
      if (!t.equal(state, 'running') || progress) break
      await delay(50)
    }
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated' } })
  })
}
