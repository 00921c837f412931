import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const minute = 60_000

/** A first process and a child, each of which writes into `file` when it gets SIGTERM; the child is then there for `ms`. */
const parentAndChild = (file: string, ms: number) =>
  `sh -c 'trap "echo child >> ${file}; exit 0" TERM; touch ${file}.up; n=0; while [ $n -lt ${ms / 10} ]; do sleep 0.01; n=$((n+1)); done' &
   trap 'echo parent >> ${file}; wait $!; exit 0' TERM; until [ -e ${file}.up ]; do sleep 0.01; done; echo READY; wait`

for (const spawner of spawners) {
  t.test(spawner, async t => {
    t.test('with leaderOnly the first process alone gets the signal', async t => {
      const file = join(await temporaryFolder(t), 'log')
      const script = parentAndChild(file, 2_000)
      const app = shell(script, { stop: { signal: 'SIGTERM', graceMs: minute, leaderOnly: true } })
      const fastify = await build(t, { apps: { app }, spawner })
      const { id, pid } = await started(fastify)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), {
        stop: { exitCode: 0, signalsSent: ['SIGTERM'], signals: [{ pids: [pid], count: 1 }] }
      })
      t.equal(readFileSync(file, 'utf8'), 'parent\n')
    })

    t.test('with leaderOnly what the first process leaves gets the signal once that has exited', async t => {
      const file = join(await temporaryFolder(t), 'log')
      const script = parentAndChild(file, minute).replace('wait $!; exit 0', 'exit 0')
      const app = shell(script, { stop: { graceMs: minute, leaderOnly: true } })
      const fastify = await build(t, { apps: { app }, spawner })
      const { id } = await started(fastify)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM'], survivors: 0 } })
      t.equal(readFileSync(file, 'utf8'), 'parent\nchild\n')
    })

    t.test('a stop command ends the app in place of the signal', async t => {
      const file = join(await temporaryFolder(t), 'stop')
      const script = `trap 'touch ${file}.term' TERM; echo READY; until [ -e ${file} ]; do sleep 0.01; done; cat ${file}`
      const command = ['sh', '-c', `echo "$NAME {appId}" > ${file}`]
      const app = shell(script, { env: { NAME: 'of' }, stop: { command, graceMs: minute } })
      const fastify = await build(t, { apps: { app }, spawner })
      const { id } = await started(fastify)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', exitCode: 0, signalsSent: [] } })
      t.equal(readFileSync(file, 'utf8'), 'of app\n')
      t.notOk(existsSync(`${file}.term`))
    })

    t.test('the signal is sent if the stop command fails, and the log says so', async t => {
      const failing = { command: ['sh', '-c', 'echo no such queue >&2; exit 3'], graceMs: minute }
      const missing = { command: ['no-such-program'], graceMs: minute }
      const script = 'echo READY; exec sleep 60'
      const fastify = await build(t, {
        apps: { app: shell(script, { stop: failing }), other: shell(script, { stop: missing }) },
        spawner
      })
      for (const [appId, fault] of [
        ['app', 'exited with code 3, saying "no such queue"'],
        ['other', 'could not be run']
      ] as const) {
        const { id } = await started(fastify, appId)
        await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { signal: 'SIGTERM', signalsSent: ['SIGTERM'] } })
        const log = (await fastify.inject(`/sessions/${id}/logs`)).body
        t.match(log, 'stop.command')
        t.ok(log.includes(fault), log)
      }
    })

    t.test('a stop command that hangs is killed with the app when the grace is over, or by a forced stop', async t => {
      const script = "trap '' TERM; echo READY; while :; do sleep 0.05; done"
      const hanging = (graceMs: number) => shell(script, { stop: { command: ['sleep', '60'], graceMs } })
      const fastify = await build(t, { apps: { app: hanging(100), long: hanging(minute) }, spawner })
      const [brief, long] = [await started(fastify), await started(fastify, 'long')]
      await stop(fastify, brief.id)
      await stop(fastify, long.id)
      await stop(fastify, long.id, '?force=true')
      for (const { id } of [brief, long])
        t.match(await until(fastify, id, 'stopped'), { stop: { signal: 'SIGKILL', signalsSent: ['SIGKILL'] } })
    })

    t.test('a stop command ends a daemon, whose first process has long exited', async t => {
      const file = join(await temporaryFolder(t), 'stop')
      const script = `setsid -f sh -c 'touch ${file}.up; until [ -e ${file} ]; do sleep 0.01; done' >/dev/null 2>&1`
      const app = shell(script, {
        ...{ daemonizes: true, ready: { file: `${file}.up` } },
        stop: { command: ['touch', file], graceMs: minute }
      })
      const fastify = await build(t, { apps: { app }, spawner })
      const { id } = await started(fastify)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', signalsSent: [], survivors: 0 } })
    })
  })
}

async function started(fastify: Awaited<ReturnType<typeof build>>, appId = 'app') {
  const { id } = await launch(fastify, appId)
  return (await until(fastify, id, 'ready')) as { readonly id: number; readonly pid: number }
}
