import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import type { RunningSession } from '../../src/session/session.ts'
import { build, hosts, launch, shell, stop, until } from '../helper.ts'
import { processesNamed } from '../supervisor/watch.ts'
import { unlessMissing } from './program.ts'

const isRoot = process.getuid?.() === 0

/** Longer than the pause between two looks of either spawner at what has lost its parent. */
const twoLooksMs = 1_500

/** How long what is left sleeps, which names it in /proc. */
const duration = (name: string) => `3600.${process.pid}${name}`
const quiet = '</dev/null >/dev/null 2>&1'

/** Ways to start a process that has lost its parent and its Linux session, its environment, and often its limits. */
const ways: Readonly<Record<string, { needs: readonly string[]; leave: (nap: string) => string }>> = {
  'su -': { needs: ['su'], leave: nap => `su - nobody -s /bin/sh -c 'setsid -f ${nap} ${quiet}'` },
  'runuser -l': { needs: ['runuser'], leave: nap => `runuser -l nobody -s /bin/sh -c 'setsid -f ${nap} ${quiet}'` },
  'a daemon of su': { needs: ['su'], leave: nap => `(su - nobody -s /bin/sh -c '(${nap} ${quiet} &)')` },
  'env -i': { needs: [], leave: nap => `env -i setsid -f ${nap} ${quiet}` },
  'env -i without the mark': {
    needs: ['prlimit'],
    leave: nap => `prlimit --locks=unlimited env -i setsid -f ${nap} ${quiet}`
  }
}

for (const [index, { name: host, server }] of hosts.entries()) {
  const hasCgroups = server.cgroups === 'all'
  const isSubreaper = server.spawner === 'posix-spawn'

  for (const [number, [way, { needs, leave }]] of Object.entries(ways).entries()) {
    // Without both, nothing tells whose it is, as docs/decisions/0002 says.
    const knows = hasCgroups || isSubreaper
    const skip = isRoot && knows ? unlessMissing(needs) : { skip: knows ? 'needs root' : 'can not be known' }
    t.test(`${host}: what ${way} leaves is gone with its session`, { ...skip, timeout: 120_000 }, async t => {
      const name = duration(`${index}${number}`)
      const app = shell(`${leave(`/bin/sleep ${name}`)}; echo READY; exec sleep 600`)
      const fastify = await build(t, { server, apps: { app } })
      const { id } = await launch(fastify, 'app')
      t.match(await until(fastify, id, 'ready'), { state: 'running' })
      if (hasCgroups) {
        await delay(twoLooksMs)
        t.equal(processesNamed(name).length, 1, 'it is known, and runs on until then')
      }
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
      t.same(processesNamed(name), [])
    })
  }
}

const postgresql = '/usr/lib/postgresql/15/bin'

for (const { name: host, server } of hosts) {
  const skip = isRoot ? unlessMissing([`${postgresql}/pg_ctl`]) : { skip: 'needs root' }
  t.test(`${host}: what pg_ctl starts is gone with its session`, { ...skip, timeout: 120_000 }, async t => {
    const data = '{dir}/data'
    const app: Partial<AppEntry> = {
      ...{ user: 'postgres', dir: 'session' as const, daemonizes: true, stopSignal: 'SIGINT' },
      env: { PATH: `${postgresql}:/usr/bin:/bin`, LC_ALL: 'C.UTF-8' },
      before: [['initdb', '-D', data]],
      command: ['pg_ctl', 'start', '-w', '-D', data, '-o', '-p {port} -k {dir}', '-l', '{dir}/log'],
      ready: { tcp: '127.0.0.1:{port}' }
    }
    const fastify = await build(t, { server, apps: { app } })
    const { id } = await launch(fastify, 'app')
    const { pid, ...session } = (await until(fastify, id, 'ready')) as RunningSession
    t.match(session, { state: 'running' })
    const servers = () => processesNamed(`data.-p.${session.port}`)
    t.ok(servers().length > 0, 'it runs')
    t.notOk(servers().includes(pid), 'and not as the process that was spawned')
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGINT'], survivors: 0 } })
    t.same(servers(), [])
  })
}

t.test('a machine without cgroups is told', { skip: hosts.length > 2 && 'this one has them' }, async t => {
  const fastify = await build(t, { server: { cgroups: 'all' } })
  t.equal((await fastify.inject('/gateway')).json().supervisor.cgroups, undefined)
})
