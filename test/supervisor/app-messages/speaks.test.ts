import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { build, eventTypes, launch, shell, spawners, stop, temporaryFolder, until } from '../../helper.ts'

for (const spawner of spawners) {
  t.test(`${spawner}: what an app says in lines is told, and its lines are output like any other`, async t => {
    const script =
      'echo STATUS loading; echo PROGRESS 40 compiling; echo PROGRESS 400 x; echo PROGRESS 60; echo READY; exec sleep 600'
    const fastify = await build(t, { spawner, apps: { app: shell(script, { speaks: true }), mute: shell(script) } })
    const { id } = await launch(fastify, 'app')
    t.match(await until(fastify, id, 'ready'), { state: 'running' })
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { progress: { percent: 60, text: 'compiling' } })
    t.equal(
      (await fastify.inject(`/sessions/${id}/logs`)).body,
      'STATUS loading\nPROGRESS 40 compiling\nPROGRESS 400 x\nPROGRESS 60\nREADY\n'
    )
    const mute = await launch(fastify, 'mute')
    await until(fastify, mute.id, 'ready')
    await stop(fastify, mute.id)
    t.notOk('progress' in (await until(fastify, mute.id, 'stopped')), 'one that does not speak is not listened to')
  })

  t.test(`${spawner}: an app that says that it has failed has failed, also if it exits well at once`, async t => {
    const fastify = await build(t, {
      spawner,
      apps: {
        starting: shell('echo FAIL no disk; exec sleep 600', { speaks: true }),
        running: shell('echo READY; sleep 0.2; echo FAIL no disk; exec sleep 600', { speaks: true }),
        exits: shell('echo FAIL no disk; exit 0', { speaks: true }),
        exitsLate: shell('echo READY; sleep 0.2; echo FAIL no disk; exit 0', { speaks: true }),
        job: shell('echo FAIL no disk', { speaks: true, kind: 'job', ready: { none: true } }),
        again: shell('echo FAIL no disk; exec sleep 600', { speaks: true, restart: { max: 1, backoffMs: 1 } })
      }
    })
    for (const appId of ['starting', 'running', 'exits', 'exitsLate', 'job']) {
      const { id } = await launch(fastify, appId)
      t.match(
        await until(fastify, id, 'stopped'),
        { stop: { reason: 'appFailed', initiator: 'app', message: 'no disk', survivors: 0 } },
        appId
      )
    }
    const { id } = await launch(fastify, 'again')
    t.match(await until(fastify, id, 'stopped'), { run: 2, lastRun: { reason: 'appFailed' } })
    const answer = await fastify.inject({
      ...{ method: 'POST', url: '/sessions', payload: { appId: 'starting' } },
      headers: { prefer: 'wait=60' }
    })
    t.match(
      [answer.statusCode, answer.json()],
      [502, { code: 'launch-failed', session: { stop: { message: 'no disk' } } }]
    )
  })

  t.test(`${spawner}: EXTEND puts off the end of the start, and of the stop`, async t => {
    const fastify = await build(t, {
      spawner,
      apps: {
        late: shell('echo EXTEND 60000; sleep 1.5; echo READY; exec sleep 600', {
          speaks: true,
          readyTimeoutMs: 1_000
        }),
        saves: shell('trap "echo EXTEND 60000; sleep 1.2; exit 7" TERM; echo READY; while :; do sleep 0.1; done', {
          speaks: true,
          stopGraceMs: 400
        }),
        forever: shell('trap "echo EXTEND 86400000" TERM; echo READY; while :; do sleep 0.1; done', {
          speaks: true,
          stopGraceMs: 100
        })
      }
    })
    const [late, saves, forever] = await Promise.all(['late', 'saves', 'forever'].map(appId => launch(fastify, appId)))
    const ended = async (id = 0) => {
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      return await until(fastify, id, 'stopped')
    }
    const ends = await Promise.all([ended(late?.id), ended(saves?.id), ended(forever?.id)])
    t.match(ends[0], { readyAt: String })
    t.match(ends[1], { stop: { exitCode: 7 } })
    t.match(ends[2], { stop: { signalsSent: ['SIGTERM', 'SIGKILL'] } }, 'not for ever')
  })

  t.test(`${spawner}: a forced stop does not wait for an app that asks for more time`, async t => {
    const script = 'trap "echo EXTEND 86400000; echo asked" TERM; echo READY; while :; do sleep 0.1; done'
    const app = shell(script, { speaks: true, stopGraceMs: 3_600_000 })
    const fastify = await build(t, { spawner, apps: { app } })
    const { id } = await launch(fastify, 'app')
    await until(fastify, id, 'ready')
    await stop(fastify, id)
    while (!(await fastify.inject(`/sessions/${id}/logs`)).body.includes('asked'));
    await stop(fastify, id, '?force=true')
    t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM', 'SIGKILL'] } })
  })

  t.test(`${spawner}: a flood of progress is few events, and the last one counts`, async t => {
    const script = 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo PROGRESS 5 $i; done; echo READY; exec sleep 600'
    const fastify = await build(t, { spawner, apps: { app: shell(script, { speaks: true }) } })
    const { id } = await launch(fastify, 'app')
    await until(fastify, id, 'ready')
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { progress: { percent: 5, text: '20000' } })
    const types = await eventTypes(fastify, id)
    t.ok(types.length < 30, `${types.length} events`)
  })

  t.test(`${spawner}: a secret in what an app says is masked`, async t => {
    const script = 'echo STATUS "it is $TOKEN"; echo FAIL "with $TOKEN"'
    const file = join(await temporaryFolder(t), 'token')
    await writeFile(file, 'hunter2-and-more')
    const app = shell(script, { speaks: true, secrets: { TOKEN: { file } } })
    const fastify = await build(t, { spawner, apps: { app } })
    const { id } = await launch(fastify, 'app')
    t.match(await until(fastify, id, 'stopped'), {
      progress: { text: 'it is ***' },
      stop: { reason: 'appFailed', message: 'with ***' }
    })
  })
}
