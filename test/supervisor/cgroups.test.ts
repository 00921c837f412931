import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { findCgroupPlace } from '../../src/limits/cgroup-place.ts'
import type { StoppedSession } from '../../src/session/session.ts'
import { Cgroups } from '../../src/supervisor/cgroups/cgroups.ts'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'
import { processesNamed } from './watch.ts'

const skip = 'why' in findCgroupPlace() && 'no cgroup v2 that can be written to'
const all = { cgroups: 'all' as const }

const folderOf = (fastify: FastifyInstance) => fastify.gateway.supervisor.welcome?.cgroups?.folder ?? ''
const cgroupOf = (pid: number) => /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1]

for (const spawner of spawners) {
  t.test(`${spawner}: a session has a cgroup of its own from its first moment to its end`, { skip }, async t => {
    const apps = { app: shell('cat /proc/self/cgroup; echo READY; exec sleep 600') }
    const fastify = await build(t, { server: { ...all, spawner }, apps })
    const ours = cgroupOf(process.pid)
    const pids = await Promise.all(
      [1, 2, 3].map(async () => {
        const { id } = await launch(fastify, 'app')
        return ((await until(fastify, id, 'ready')) as { pid: number }).pid
      })
    )
    t.equal(new Set(pids.map(cgroupOf)).size, 3)
    t.equal(cgroupOf(fastify.gateway.supervisor.welcome?.pid as number), ours, 'the supervisor is where it was')
    t.equal(cgroupsIn(folderOf(fastify)).length, 3)
    for (const id of [1, 2, 3]) {
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM'], survivors: 0 } })
    }
    t.same(cgroupsIn(folderOf(fastify)), [])
    t.match((await fastify.inject('/gateway')).json(), { supervisor: { cgroups: { use: 'all', controllers: Array } } })
  })

  t.test(
    `${spawner}: CPU time is what the kernel counted, also of processes that nobody waited for`,
    { skip },
    async t => {
      const script = `import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
pid = os.fork()
while time.process_time() < 0.4: sum(range(10000))
`
      const app = { kind: 'job' as const, command: ['python3', '-c', `${script}\nif pid: time.sleep(1)`] }
      const fastify = await build(t, { server: { ...all, spawner }, apps: { app } })
      const { id } = await launch(fastify, 'app')
      const { stop } = (await until(fastify, id, 'stopped')) as StoppedSession
      t.ok((stop.usage?.cpuMs ?? 0) >= 0.95 * 800, `${stop.usage?.cpuMs} ms`)
    }
  )

  t.test(
    `${spawner}: what a killed supervisor left in a cgroup is ended, and the cgroup with it`,
    { skip },
    async t => {
      const name = `3600.${process.pid}7`
      const leave = `prlimit --locks=unlimited env -i setsid -f /bin/sleep ${name} </dev/null >/dev/null 2>&1`
      const apps = { app: shell(`${leave}; echo READY; exec sleep 600`) }
      const fastify = await build(t, { server: { ...all, spawner }, apps })
      const { id } = await launch(fastify, 'app')
      await until(fastify, id, 'ready')
      const folder = folderOf(fastify)
      process.kill(fastify.gateway.supervisor.welcome?.pid as number, 'SIGKILL')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'supervisorLost', survivors: 0 } })
      t.same(processesNamed(name), [])
      while (cgroupsIn(folder).length > 0) await delay(20)
    }
  )
}

t.test('sessions without limits have none unless all are to have one', { skip }, async t => {
  const sleeper = shell('echo READY; exec sleep 600')
  const fastify = await build(t, { apps: { sleeper, small: { ...sleeper, limits: { processes: 5 } } } })
  for (const [appId, count] of [
    ['sleeper', 0],
    ['small', 1]
  ] as const) {
    const { id } = await launch(fastify, appId)
    await until(fastify, id, 'ready')
    t.equal(cgroupsIn(folderOf(fastify)).length, count, appId)
    await stop(fastify, id)
    await until(fastify, id, 'stopped')
  }
})

t.test('no folder is left when the supervisor has ended', { skip }, async t => {
  let folder = ''
  await t.test('it ends', async t => {
    const fastify = await build(t, { server: all, apps: { app: shell('echo READY; exec sleep 600') } })
    folder = folderOf(fastify)
    t.notOk(existsSync(folder), 'nor is one there without a session')
    await until(fastify, (await launch(fastify, 'app')).id, 'ready')
    t.ok(existsSync(folder))
  })
  while (existsSync(folder)) await delay(20)
})

t.test('what can not be used is told, and off is off', async t => {
  const told: string[] = []
  t.equal(
    Cgroups.open('off', await temporaryFolder(t), line => told.push(line)),
    undefined
  )
  t.same(told, [])
  const fastify = await build(t, { server: { cgroups: 'off' } })
  t.equal((await fastify.inject('/gateway')).json().supervisor.cgroups, undefined)
})

function cgroupsIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter(name => statSync(join(folder, name)).isDirectory()) : []
}
