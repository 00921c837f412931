import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'
import { processesNamed, watch } from './watch.ts'

const isRoot = process.getuid?.() === 0
const duration = (name: string) => `3600.${process.pid}${name}`
const nap = (name: string) => `exec /bin/sleep ${duration(name)}`
const deaf = (name: string) => `trap "" TERM; echo READY; ${nap(name)} >/dev/null 2>&1`

const untilGone = async (name: string) => {
  while (processesNamed(duration(name)).length > 0) await delay(5)
}

for (const [index, spawner] of spawners.entries()) {
  const name = (number: number) => `${index}${number}`

  t.test(spawner, async t => {
    t.test('a process whose first thread has ended is not taken for dead', async t => {
      const command = ['python3', join(import.meta.dirname, '../fixtures/first-thread-ends.py')]
      const daemon = shell(`setsid -f ${command.join(' ')}; exec sleep 60`)
      const fastify = await build(t, { spawner, apps: { app: { command }, daemon }, defaults: { stopGraceMs: 100 } })
      const { processes } = watch(fastify)
      for (const appId of ['app', 'daemon']) {
        const { id } = await launch(fastify, appId)
        t.match(await until(fastify, id, 'ready'), { state: 'running' })
        await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM', 'SIGKILL'], survivors: 0 } })
        t.same(processes(id), [])
      }
    })

    t.test('what sheds limits, environment, session and group is found by its ancestry', async t => {
      const script = `prlimit --locks=unlimited env -i setsid /bin/sh -c '${deaf(name(1))}' & exec sleep 60`
      const fastify = await build(t, { spawner, apps: { app: shell(script) } })
      const { id } = await launch(fastify, 'app')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { survivors: 0 } })
      t.same(processesNamed(duration(name(1))), [])
    })

    t.test('a login by PAM, which resets limits and environment, does not lose it', { skip: !isRoot }, async t => {
      const script = `su - nobody -s /bin/sh -c 'setsid sh -c "${deaf(name(2)).replaceAll('"', '\\\\"')}"' & exec sleep 60`
      const fastify = await build(t, { spawner, apps: { app: shell(script) } })
      const { id } = await launch(fastify, 'app')
      t.match(await until(fastify, id, 'ready'), { state: 'running' })
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { survivors: 0 } })
      t.same(processesNamed(duration(name(2))), [])
    })

    t.test('a gateway inside a session is ended with its supervisor and its sessions', async t => {
      const folder = await temporaryFolder(t)
      const config = join(folder, 'inner.toml')
      // Nothing but its ancestry tells whose an orphan of an inner session is, and that only a subreaper knows.
      const daemon = spawner === 'posix-spawn' ? `setsid -f env -i /bin/sh -c '${nap(name(3))}'` : `(${nap(name(3))}) &`
      const script = `${daemon}\necho READY; ${nap(name(3))}`
      const command = JSON.stringify(['/bin/sh', '-c', script])
      writeFileSync(config, `[server]\nspawner = "${spawner}"\n[apps.app]\ncommand = ${command}\n`)
      const main = join(import.meta.dirname, '../../src/cli/main.ts')
      const args = ['--config', config, '--state-dir', join(folder, 'state'), '--port', '{port}']
      const inner = {
        command: [process.execPath, main, ...args],
        ready: { http: 'http://127.0.0.1:{port}/readyz' },
        readyTimeoutMs: 120_000
      }
      const fastify = await build(t, { spawner, apps: { inner } })
      const { id } = await launch(fastify, 'inner')
      const { port } = (await until(fastify, id, 'ready')) as { port?: number }
      const launched = await fetch(`http://127.0.0.1:${port}/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=60' },
        body: '{"appId":"app"}'
      })
      t.match(await launched.json(), { state: 'running' })
      t.equal(processesNamed(duration(name(3))).length, 2)

      await stop(fastify, id, '?force=true')
      t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGKILL'], survivors: 0 } })
      t.same(processesNamed(duration(name(3))), [])
      t.same(processesNamed(`${folder}/state`), [], 'its supervisor is gone, too')
    })
  })
}

t.test('posix-spawn: what hides its ancestry as well is ended at once, and the log tells', async t => {
  const script = `prlimit --locks=unlimited env -i setsid -f /bin/sh -c '${nap('9')}'; echo READY; exec sleep 60`
  const stateDir = await temporaryFolder(t)
  const fastify = await build(t, { spawner: 'posix-spawn', stateDir, apps: { app: shell(script) } })
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'ready')
  await untilGone('9')
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'running' })
  const told = /ended a process that belongs to no session: /
  while (!told.test(readFileSync(join(stateDir, 'supervisor.log'), 'utf8'))) await delay(20)
  const counted = async () => /^weft_strays_total 1$/m.test((await fastify.inject('/metrics')).body)
  while (!(await counted())) await delay(20)
})
