import t from 'tap'
import { build, eventTypes, launch, shell, spawners, stop, until } from '../helper.ts'
import { watch } from './watch.ts'

const job = { kind: 'job' } as const

/** Leaves a process in a session and a group of its own, as a daemon does, and exits. */
const daemon = (script: string) => `setsid sh -c '${script}' >/dev/null 2>&1 </dev/null & exit 0`

for (const spawner of spawners) {
  t.test(`${spawner}: a job`, async t => {
    const fastify = await build(t, {
      spawner,
      defaults: { readyTimeoutMs: 100 },
      apps: {
        done: shell('echo working; sleep 0.1', job),
        failed: shell('exit 3', job),
        odd: shell('exit 3', { ...job, successExitCodes: [0, 3] }),
        killed: shell('kill -9 $$', job),
        late: shell('sleep 0.4', { ...job, ready: { exit: true } }),
        refused: shell('exit 4', { ...job, ready: { exit: true } }),
        missing: { ...job, command: ['no-such-program'] },
        long: shell('exec sleep 60', job)
      }
    })
    const post = async (appId: string) =>
      fastify.inject({ method: 'POST', url: '/sessions', payload: { appId }, headers: { prefer: 'wait=60' } })

    await t.test('is completed with a code that means success, and the wait for it ends then', async t => {
      const response = await post('done')
      t.equal(response.statusCode, 201)
      const { id, ...session } = response.json()
      t.match(session, {
        state: 'stopped',
        readyAt: /Z$/,
        stop: { reason: 'completed', initiator: 'app', exitCode: 0 }
      })
      t.same(await eventTypes(fastify, id), ['Launched', 'AppReady', 'Stopped'])
      t.match((await post('odd')).json(), { stop: { reason: 'completed', exitCode: 3 } })
    })
    await t.test('has exited with any other, and the answer is no error', async t => {
      for (const [appId, end] of [
        ['failed', { exitCode: 3 }],
        ['killed', { signal: 'SIGKILL' }],
        ['refused', { exitCode: 4 }]
      ] as const) {
        const response = await post(appId)
        t.equal(response.statusCode, 201, appId)
        t.match(response.json(), { state: 'stopped', stop: { reason: 'exited', ...end } }, appId)
      }
    })
    await t.test('that is never ready has no time limit, and is done with its end', async t => {
      const { id } = (await post('late')).json()
      const session = await until(fastify, id, 'stopped')
      t.match(session, { state: 'stopped', stop: { reason: 'completed', exitCode: 0 } })
      t.same(await eventTypes(fastify, id), ['Launched', 'Stopped'])
    })
    await t.test('that could not be started is a failed launch', async t => {
      const response = await post('missing')
      t.equal(response.statusCode, 502)
      t.match(response.json(), { code: 'launch-failed', session: { stop: { reason: 'spawnFailed' } } })
    })
    await t.test('can be waited for, and stopped', async t => {
      const { id } = await launch(fastify, 'long')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      const waited = await fastify.inject(`/sessions/${id}/wait?until=completed&timeoutMs=60000`)
      t.match(waited.json(), { state: 'stopped', stop: { reason: 'terminated' } })
    })
    t.match((await fastify.inject('/apps/long')).json(), { kind: 'job', readiness: 'none' })
  })

  t.test(`${spawner}: an app that daemonizes lives as long as its processes`, async t => {
    const none = { none: true } as const
    const fastify = await build(t, {
      spawner,
      apps: {
        short: shell(daemon('sleep 1; exit 0'), { daemonizes: true, ready: none }),
        long: shell(daemon('sleep 0.3; touch up-{sessionId}; sleep 300'), {
          daemonizes: true,
          cwd: t.testdir({}),
          ready: { file: 'up-{sessionId}' }
        }),
        gone: shell(daemon('sleep 0.3'), { daemonizes: true, ready: { tcp: '127.0.0.1:{port}' } }),
        failed: shell('exit 2', { daemonizes: true, ready: { tcp: '127.0.0.1:{port}' } }),
        plain: shell(daemon('exec sleep 300'), { ready: none })
      }
    })
    const { processes } = watch(fastify)
    const short = await launch(fastify, 'short')
    t.match(await until(fastify, short.id, 'stopped'), {
      stop: { reason: 'exited', initiator: 'app', exitCode: 0, signalsSent: [] }
    })
    const long = await launch(fastify, 'long')
    t.match(await until(fastify, long.id, 'ready'), { state: 'running' })
    t.not(processes(long.id).length, 0)
    await stop(fastify, long.id)
    t.match(await until(fastify, long.id, 'stopped'), { stop: { reason: 'terminated', signalsSent: ['SIGTERM'] } })
    t.same(processes(long.id), [])
    const gone = await launch(fastify, 'gone')
    t.match(await until(fastify, gone.id, 'stopped'), { stop: { reason: 'readyMissed', signalsSent: [] } })
    const failed = await launch(fastify, 'failed')
    t.match(await until(fastify, failed.id, 'stopped'), { stop: { reason: 'readyMissed', exitCode: 2 } })
    const plain = await launch(fastify, 'plain')
    t.match(await until(fastify, plain.id, 'stopped'), { stop: { reason: 'exited', exitCode: 0 } })
    t.same(processes(plain.id), [])
  })
}
