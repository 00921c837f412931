import t from 'tap'
import { build, eventTypes, launch, shell, spawners, stop, until } from '../../helper.ts'

const quick = { backoffMs: 10, maxBackoffMs: 20 }
const withPort = ['/bin/sh', '-c', 'echo "port {port}"; echo READY; exit 3']

for (const spawner of spawners) {
  t.test(`a session is restarted up to its limit, with its id and its port (${spawner})`, async t => {
    const app = { command: withPort, restart: { ...quick, max: 2 } }
    const fastify = await build(t, { spawner, apps: { app } })
    const launched = await launch(fastify, 'app')
    t.equal(launched.run, 1)
    const { id } = launched
    const session = await until(fastify, id, 'stopped')
    t.match(session, {
      run: 3,
      lastRun: { run: 2, reason: 'exited', exitCode: 3, ranMs: Number },
      stop: { reason: 'exited', initiator: 'app', exitCode: 3, message: /restarted 2 times within 300 s/ }
    })
    const types = await eventTypes(fastify, id)
    t.same(
      types.filter(type => type !== 'AppReady' && type !== 'Stopping'),
      ['Launched', 'Restarting', 'Starting', 'Restarting', 'Starting', 'Stopped']
    )
    const log = (await fastify.inject({ url: `/sessions/${id}/log-lines?limit=100` })).json().items
    const ports = log.filter(({ line }: { line: string }) => line.startsWith('port '))
    t.equal(ports.length, 3, 'each run is in the log')
    t.equal(new Set(ports.map(({ line }: { line: string }) => line)).size, 1, 'with the same port')
    const own = log.filter(({ stream }: { stream: string }) => stream === 'gateway')
    t.match(
      own.map(({ line }: { line: string }) => line),
      [/^run 1 ended: .*exit code 3; restart 1 of 2 in \d+ ms$/, 'run 2 begins', /^run 2 ended/, 'run 3 begins']
    )
  })

  t.test(`what a run leaves behind is ended before the next one begins (${spawner})`, async t => {
    const app = shell('setsid -f sleep 600; echo READY; exit 1', { restart: { ...quick, max: 1 } })
    const fastify = await build(t, { spawner, apps: { app } })
    const { id } = await launch(fastify, 'app')
    t.match(await until(fastify, id, 'stopped'), { run: 2, stop: { reason: String, signalsSent: ['SIGTERM'] } })
  })
}

t.test('a restart is no time in the queue, and each run that gets ready counts as ready', async t => {
  const app = shell('echo READY; sleep 0.1; exit 1', { restart: { ...quick, max: 1 } })
  const fastify = await build(t, { apps: { app } })
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'stopped')
  t.match((await fastify.inject('/metrics')).body, /^weft_session_queue_seconds_count 0$/m)
  t.match((await fastify.inject('/stats')).json(), { apps: [{ launched: 1, ready: 2, stopped: 1 }] })
})

t.test('a stop by a client ends a session that waits for its next run', async t => {
  const app = shell('echo READY; exit 1', { restart: { backoffMs: 3_600_000, maxBackoffMs: 3_600_000 } })
  const fastify = await build(t, { apps: { app } })
  const { id } = await launch(fastify, 'app')
  const restarting = await restartingOf(fastify, id)
  t.match(restarting, { run: 1, restart: { at: String, attempt: 1, of: 5 }, lastRun: { run: 1, exitCode: 1 } })
  t.notOk('pid' in restarting)
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', initiator: 'client', signalsSent: [] } })
  t.same((await eventTypes(fastify, id)).slice(-3), ['Restarting', 'Stopping', 'Stopped'])
})

t.test('a program that is missing is not tried again', async t => {
  const fastify = await build(t, { apps: { app: { command: ['/nowhere/program'], restart: { on: 'always' } } } })
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'stopped'), { run: 1, stop: { reason: 'spawnFailed', message: /is missing/ } })
})

t.test('a wait for ready goes on through the runs that fail', async t => {
  const script = 'if [ -e "$FLAG" ]; then echo READY; exec sleep 600; fi; : > "$FLAG"; exit 1'
  const env = { FLAG: `${t.testdir()}/flag` }
  const fastify = await build(t, { apps: { app: shell(script, { env, restart: quick }) } })
  const { id } = await launch(fastify, 'app')
  const session = await until(fastify, id, 'ready')
  t.match(session, { state: 'running', run: 2, lastRun: { run: 1, reason: 'readyMissed', exitCode: 1 } })
  t.ok(Date.parse(String('readyAt' in session && session.readyAt)) >= Date.parse(String(startedAt(session))))
  await stop(fastify, id)
})

t.test('an app without the setting has one run, and no number for it', async t => {
  const fastify = await build(t, { apps: { app: shell('echo READY; exit 1') } })
  const { id } = await launch(fastify, 'app')
  const session = await until(fastify, id, 'stopped')
  t.notOk('run' in session)
  t.match(session, { stop: { reason: String, exitCode: 1 } })
})

function startedAt(session: object): unknown {
  return 'startedAt' in session ? session.startedAt : undefined
}

/** The session once it waits for its next run. */
async function restartingOf(fastify: Awaited<ReturnType<typeof build>>, id: number) {
  for (;;) {
    const session = (await fastify.inject(`/sessions/${id}`)).json()
    if (session.state === 'restarting') return session
    await new Promise(setImmediate)
  }
}
