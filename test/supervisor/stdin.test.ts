import { readdirSync } from 'node:fs'
import t from 'tap'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'

const job = { kind: 'job' } as const

for (const spawner of spawners) {
  t.test(spawner, async t => {
    t.test('stdin is /dev/null by default, and the app reads its end at once', async t => {
      const fastify = await build(t, {
        apps: { app: shell('cat', job), same: shell('cat', { ...job, stdin: 'null' }) },
        spawner
      })
      for (const appId of ['app', 'same']) {
        const { id } = await launch(fastify, appId)
        t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'completed', exitCode: 0 } })
      }
    })

    t.test('an open stdin never ends, and the stop ends who reads it', async t => {
      // `read -t` fails with a code above 128 if the time is over, with 1 at the end of stdin.
      const script = 'read -t 0.3 line; echo "READY {\\"code\\":$?}"; exec cat'
      const app = { command: ['bash', '-c', script], stdin: 'open' as const }
      const fastify = await build(t, { apps: { app }, spawner })
      const { id } = await launch(fastify, 'app')
      const session = await until(fastify, id, 'ready')
      t.match(session, { state: 'running', ready: { code: Number } })
      t.ok(((session as { ready?: { code?: number } }).ready?.code ?? 0) > 128)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { signal: 'SIGTERM', survivors: 0 } })
    })

    t.test('an open stdin leaves no descriptor behind', async t => {
      const fastify = await build(t, { apps: { app: shell('exit 0', { ...job, stdin: 'open' }) }, spawner })
      const end = async () => until(fastify, (await launch(fastify, 'app')).id, 'stopped')
      await end()
      const pid = fastify.supervisor.welcome?.pid
      const count = () => readdirSync(`/proc/${pid}/fd`).length
      const before = count()
      for (let n = 0; n < 10; n++) await end()
      t.ok(count() < before + 5, `${before} and then ${count()}`)
    })
  })
}
