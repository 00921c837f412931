import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { readProcess } from '../../src/supervisor/processes/proc.ts'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'
import { processesNamed, watch } from './watch.ts'

/** How long the processes of these apps sleep, which names them in /proc even without environment. */
const duration = (id: number | '{sessionId}') => `3600.${process.pid}${id}`
const nap = `exec /bin/sleep ${duration('{sessionId}')}`
const members = (id: number) => processesNamed(duration(id))

const deaf = `trap "" TERM; echo READY; ${nap}`
const quiet = `trap "" TERM; echo READY; ${nap} >/dev/null 2>&1`

/** Commands that leave a process behind, which tells when it has got away. */
const leavings: Record<string, string> = {
  'a grandchild that ignores SIGTERM and holds stdout (D24)': `(${deaf}) &`,
  'a background process of a background process': `((${quiet}) & ${nap}) &`,
  'a process in a session of its own': `setsid -f sh -c '${quiet}'`,
  'a process in a group of its own': `set -m; (${quiet}) &`,
  'a daemon, forked twice': `(setsid sh -c '(${quiet}) &' &)`,
  'a process in a session of its own, without environment': `env -i setsid -f /bin/sh -c '${quiet}'`,
  'a daemon, forked twice, without environment': `(env -i setsid /bin/sh -c '(${quiet}) &' &)`,
  'a family without environment': `env -i setsid -f /bin/sh -c '(${nap}) & (setsid ${nap}) & ${quiet}'`
}

for (const spawner of spawners) {
  t.test(spawner, async t => {
    const entries = Object.entries(leavings).flatMap(([, script], index) => [
      [`stays-${index}`, shell(`${script}\n${nap}`)],
      [`leaves-${index}`, shell(`${script}\nexit 0`, { ready: { none: true } })],
      [`misses-${index}`, shell(`(${script.replaceAll('echo READY', ':')}) >&2\nexit 7`)]
    ])
    const fastify = await build(t, { spawner, apps: Object.fromEntries(entries), defaults: { stopGraceMs: 100 } })
    const { processes } = watch(fastify)

    for (const [index, name] of Object.keys(leavings).entries()) {
      // Without FFI a process can be neither marked nor made our own: nothing tells whose such a process is.
      const skip = spawner === 'child-process' && name.includes('without environment')

      t.test(`${name} dies with its session and with no other`, { skip }, async t => {
        const [one, other] = await Promise.all(['stays', 'stays'].map(app => launch(fastify, `${app}-${index}`)))
        if (!one || !other) return
        for (const { id } of [one, other]) t.match(await until(fastify, id, 'ready'), { state: 'running' })

        await stop(fastify, one.id)
        t.match(await until(fastify, one.id, 'stopped'), {
          stop: { reason: 'terminated', signal: 'SIGTERM', signalsSent: ['SIGTERM', 'SIGKILL'], survivors: 0 }
        })
        t.same([...members(one.id), ...processes(one.id)], [])
        t.ok(members(other.id).length >= 2, 'the other leader and what it left live on')
        t.match(await fastify.inject(`/sessions/${other.id}`).then(response => response.json()), { state: 'running' })

        await stop(fastify, other.id, '?force=true')
        t.match(await until(fastify, other.id, 'stopped'), { stop: { signalsSent: ['SIGKILL'], survivors: 0 } })
        t.same([...members(other.id), ...processes(other.id)], [])
      })

      t.test(`${name} does not outlive a leader that exits by itself`, { skip }, async t => {
        const { id } = await launch(fastify, `leaves-${index}`)
        const session = await until(fastify, id, 'stopped')
        t.match(session, { stop: { reason: 'exited', initiator: 'app', exitCode: 0, survivors: 0 } })
        t.same([...members(id), ...processes(id)], [])
      })

      t.test(`${name} does not delay the end of a start that failed, and ends with it`, { skip }, async t => {
        const { id } = await launch(fastify, `misses-${index}`)
        const session = await until(fastify, id, 'stopped')
        t.match(session, { stop: { reason: 'readyMissed', exitCode: 7, survivors: 0 } })
        t.same([...members(id), ...processes(id)], [])
      })
    }

    t.test(
      'D5, D23: a stop says stopping until the last member of the group is gone, and then what it took',
      async t => {
        const lives = await build(t, { spawner, apps: { heir: shell(`(${deaf}) & trap "exit 0" TERM; wait`) } })
        const { id } = await launch(lives, 'heir')
        await until(lives, id, 'ready')
        lives.registry.subscribe(({ type }) => {
          if (type === 'Stopped') t.same(members(id), [], 'gone when Stopped is said')
        })
        t.match(await stop(lives, id), { state: 'stopping' })
        t.match(await until(lives, id, 'stopped'), {
          stop: {
            reason: 'terminated',
            initiator: 'client',
            exitCode: 0,
            signalsSent: ['SIGTERM', 'SIGKILL'],
            survivors: 0
          }
        })
      }
    )

    t.test('a stopped (SIGSTOP) process is continued after the stop signal, and can act on it', async t => {
      const script = 'trap "exit 9" TERM; echo READY; kill -STOP $$; while :; do sleep 0.1; done'
      const lives = await build(t, { spawner, apps: { frozen: shell(script, { stopGraceMs: 60_000 }) } })
      const { id } = await launch(lives, 'frozen')
      const { pid } = (await until(lives, id, 'ready')) as { pid: number }
      while (!readProcess(pid)?.isStopped) await nextTurn()
      await stop(lives, id)
      t.match(await until(lives, id, 'stopped'), { stop: { exitCode: 9, signalsSent: ['SIGTERM'] } })
    })

    t.test('the stop signal of the app goes to its whole group', async t => {
      const script = `(${nap}) & trap "wait; exit 9" USR1; echo READY; wait`
      const polite = shell(script, { stopSignal: 'SIGUSR1', stopGraceMs: 60_000 })
      const lives = await build(t, { spawner, apps: { polite } })
      const { id } = await launch(lives, 'polite')
      await until(lives, id, 'ready')
      await stop(lives, id)
      t.match(await until(lives, id, 'stopped'), { stop: { exitCode: 9, signalsSent: ['SIGUSR1'] } })
    })
  })
}
