import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AppEntry } from '../../../src/config/complete-apps.ts'
import { build, eventTypes, launch, shell, spawners, stop, temporaryFolder, until } from '../../helper.ts'
import { processesNamed } from '../watch.ts'

/** A key named `then` makes an object look like a promise. */
const action = 'then'
const often = { everyMs: 100, timeoutMs: 5_000 }
const server = join(import.meta.dirname, '../../fixtures/sick-http.mjs')

type Gateway = Awaited<ReturnType<typeof build>>

/** A server that is healthy until `sick` is there. */
const patient = (sick: string, entry: Partial<AppEntry>): Partial<AppEntry> => ({
  command: [process.execPath, server, sick, '{port}'],
  ...entry
})

async function remarks(fastify: Gateway, id: number): Promise<string[]> {
  const { items } = (await fastify.inject(`/sessions/${id}/log-lines?limit=500`)).json()
  return items
    .filter(({ stream }: { stream: string }) => stream === 'gateway')
    .map(({ line }: { line: string }) => line)
}

/** Resolves when a line of the gateway in the session's log matches. */
async function remarked(fastify: Gateway, id: number, pattern: RegExp): Promise<string> {
  for (;;) {
    const line = (await remarks(fastify, id)).find(each => pattern.test(each))
    if (line !== undefined) return line
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The session once its health has this status, without failures if it is healthy. */
async function withHealth(fastify: Gateway, id: number, status: string) {
  for (;;) {
    const session = (await fastify.inject(`/sessions/${id}`)).json()
    const { health } = session
    if (health?.status === status && (status !== 'healthy' || !health.failures)) return session
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

for (const spawner of spawners) {
  t.test(`an unhealthy session ends, and says what was seen (${spawner})`, async t => {
    const sick = join(await temporaryFolder(t), 'sick')
    const health = { http: 'http://127.0.0.1:{port}/x', ...often, [action]: 'stop' } as const
    const fastify = await build(t, { spawner, apps: { app: patient(sick, { health, restart: { on: 'always' } }) } })
    const { id } = await launch(fastify, 'app')
    await until(fastify, id, 'ready')
    writeFileSync(sick, '')
    const session = await until(fastify, id, 'stopped')
    t.match(session, { run: 1, stop: { reason: 'unhealthy', initiator: 'gateway', signalsSent: ['SIGTERM'] } })
    const url = `http://127.0.0.1:${'port' in session && session.port}/x`
    const message = `GET ${url} answered 500, 3 times in a row; expected an answer with 2xx or 3xx`
    t.match(session, { stop: { message } })
    t.match(await remarks(fastify, id), [
      /^a health check failed: GET .* answered 500; expected/,
      `unhealthy: ${message}`
    ])
  })

  t.test(
    `a session without a restart policy is restarted when it is unhealthy, and for nothing else (${spawner})`,
    async t => {
      const sick = join(await temporaryFolder(t), 'sick')
      const script = `trap 'rm -f "${sick}"; exit 1' TERM; [ -e "${sick}" ] && exit 7; echo READY; while :; do sleep 0.05; done`
      const health = { command: ['/bin/sh', '-c', `! [ -e "${sick}" ]`], ...often, failures: 2 }
      const fastify = await build(t, {
        spawner,
        apps: { app: shell(script, { health }), ends: shell('echo READY; exit 1', { health }) }
      })
      const { id } = await launch(fastify, 'app')
      await until(fastify, id, 'ready')
      writeFileSync(sick, '')
      for (;;) {
        const session = (await fastify.inject(`/sessions/${id}`)).json()
        if (session.run === 2 && session.state === 'running') break
        await new Promise(setImmediate)
      }
      const types = await eventTypes(fastify, id)
      t.same(
        types.filter(type => type !== 'Updated'),
        ['Launched', 'AppReady', 'Restarting', 'Starting', 'AppReady']
      )
      t.match(await stop(fastify, id), { run: 2, lastRun: { run: 1, reason: 'unhealthy', exitCode: 1 } })
      await until(fastify, id, 'stopped')
      const ended = await launch(fastify, 'ends')
      t.match(await until(fastify, ended.id, 'stopped'), { run: 1, stop: { exitCode: 1 } })
    }
  )

  t.test(`a command that hangs is killed in time, and dies with the session (${spawner})`, async t => {
    const folder = await temporaryFolder(t)
    const marker = `${process.pid}${spawner === 'posix-spawn' ? 71 : 72}`
    const health = {
      command: ['/bin/sh', '-c', `echo x >> count; sleep ${marker}`],
      ...often,
      timeoutMs: 50,
      failures: 2
    }
    const apps = {
      stops: shell('echo READY; exec sleep 60', { cwd: folder, health: { ...health, [action]: 'stop' } }),
      hangs: shell('echo READY; exec sleep 60', { cwd: folder, health: { ...health, timeoutMs: 60_000 } })
    }
    const fastify = await build(t, { spawner, apps })
    const { id } = await launch(fastify, 'stops')
    const { stop: end } = (await until(fastify, id, 'stopped')) as { stop?: { message?: string } }
    t.match(end, {
      reason: 'unhealthy',
      message: /^\/bin\/sh -c .* did not end in time, 2 times in a row; expected the command/
    })
    t.same(processesNamed(marker), [])
    t.equal(readFileSync(join(folder, 'count'), 'utf8'), 'x\nx\n')
    const hanging = await launch(fastify, 'hangs')
    while (processesNamed(marker).length === 0) await new Promise(setImmediate)
    t.equal((await fastify.inject(`/sessions/${hanging.id}`)).json().state, 'running')
    await stop(fastify, hanging.id)
    await until(fastify, hanging.id, 'stopped')
    t.same(processesNamed(marker), [], 'nor after the session')
  })
}

t.test('a session that is only reported on goes on, and is told to be healthy again', async t => {
  const sick = join(await temporaryFolder(t), 'sick')
  const health = { http: 'http://localhost:{port}/', ...often, timeoutMs: 100, [action]: 'report' } as const
  const fastify = await build(t, { apps: { app: patient(sick, { health }) } })
  const { id, ...launched } = await launch(fastify, 'app')
  t.notOk('run' in launched, 'it is not restarted')
  await until(fastify, id, 'ready')
  writeFileSync(sick, 'no answer')
  await remarked(fastify, id, /^unhealthy: GET \S+ gave no answer in time, 3 times in a row/)
  t.match(await withHealth(fastify, id, 'unhealthy'), {
    health: { since: String, failures: 3, message: /^GET \S+ gave no answer in time, 3 times in a row; expected/ }
  })
  rmSync(sick)
  await remarked(fastify, id, /^healthy again, after \d+ failed checks$/)
  t.match(await withHealth(fastify, id, 'healthy'), { state: 'running', run: undefined })
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  t.ok((await eventTypes(fastify, id)).includes('Updated'))
  const { body } = await fastify.inject('/metrics')
  t.match(body, /^weft_session_unhealthy_total\{app_id="app"\} 1$/m)
  t.match(body, /^weft_session_ready_seconds_count 1$/m, 'an update is no readiness')
})

t.test('an app that refuses connections is unhealthy, even before a check has succeeded', async t => {
  const health = { tcp: 'localhost:{port}', ...often, failures: 1, [action]: 'stop' } as const
  const fastify = await build(t, { apps: { app: shell('echo {port}; echo READY; exec sleep 60', { health }) } })
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'stopped'), {
    stop: {
      reason: 'unhealthy',
      message: /^localhost:\d+ refused the connection; expected a connection to localhost:\d+$/
    }
  })
})

t.test('no check is made before the app is ready, nor while it is being stopped', async t => {
  const folder = await temporaryFolder(t)
  const health = { command: ['/bin/sh', '-c', '[ -e ready ] || touch early; [ ! -e end ] || touch late'], ...often }
  const script =
    'trap "touch end; sleep 0.5; exit" TERM; sleep 0.5; touch ready; echo READY; while :; do sleep 0.05; done'
  const fastify = await build(t, { apps: { app: shell(script, { cwd: folder, health, stopGraceMs: 10_000 }) } })
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'ready')
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  t.ok(existsSync(join(folder, 'end')))
  t.notOk(existsSync(join(folder, 'early')))
  t.notOk(existsSync(join(folder, 'late')))
})

t.test('what a check sees of a secret is masked', async t => {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, 'secret'), 'hunter2secret')
  const health = {
    command: ['/bin/sh', '-c', 'echo "not $WORD" >&2; exit 1'],
    ...often,
    failures: 1,
    [action]: 'stop'
  } as const
  const secrets = { WORD: { file: join(folder, 'secret') } }
  const fastify = await build(t, { apps: { app: shell('echo READY; exec sleep 60', { health, secrets }) } })
  const { id } = await launch(fastify, 'app')
  const session = await until(fastify, id, 'stopped')
  t.match(session, { stop: { reason: 'unhealthy', message: /exited with code 1, saying "not \*+"/ } })
  t.notMatch(JSON.stringify([session, await remarks(fastify, id)]), 'hunter2')
})
