import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import t from 'tap'
import { build, launch, shell, spawners, until } from '../helper.ts'

const read = (pid: unknown, file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
const openFiles = (pid: unknown) => /^Max open files +(\S+) +(\S+)/m.exec(read(pid, 'limits'))?.slice(1)

for (const spawner of spawners) {
  t.test(`${spawner}: an app inherits nothing that is meant for the supervisor`, async t => {
    const before = process.umask(0o077)
    t.teardown(() => process.umask(before))
    const script = 'echo READY $(umask) $(ulimit -Sn) $(ls /proc/self/fd); exec sleep 60'
    const pattern = '^READY (?<umask>\\d+) (?<files>\\d+) (?<descriptors>.*)'
    const apps = { app: shell(script, { ready: { pattern } }) }
    const fastify = await build(t, { spawner, apps })
    const supervisor = fastify.supervisor.welcome?.pid
    const { id } = await launch(fastify, 'app')
    const { pid, ready } = (await until(fastify, id, 'ready')) as { pid: number; ready: Record<string, unknown> }

    t.equal(ready.umask, '0022', 'umask')
    t.equal(ready.descriptors, '0 1 2 3', 'no descriptor but that of ls')
    t.equal(openFiles(pid)?.[0], '1024', 'the usual soft limit of open files')
    if (spawner === 'posix-spawn') t.equal(ready.files, '1024', 'from its first moment')
    t.equal(openFiles(pid)?.[1], openFiles(supervisor)?.[1], 'the hard limit is kept')
    t.not(openFiles(supervisor)?.[0], '1024', 'the supervisor keeps its own')
    t.match(read(pid, 'status'), /^SigBlk:\s+0+$/m, 'no signal is blocked')
    t.match(read(pid, 'status'), /^SigIgn:\s+0+$/m, 'no signal is ignored')
  })
}

const isRoot = process.getuid?.() === 0

const raised = /nice -10$/m

for (const spawner of spawners) {
  t.test(`${spawner}: the supervisor has a higher priority than apps have, from their first moment`, async t => {
    if (!isRoot) return t.comment('only root may raise a priority')
    const script = 'echo READY $(nice) $(cat /proc/self/autogroup); exec sleep 60'
    const ready = { pattern: '^READY (?<nice>\\S+) \\S+ nice (?<group>\\S+)' }
    const fastify = await build(t, { spawner, apps: { app: shell(script, { ready }) } })
    const supervisor = fastify.supervisor.welcome?.pid as number
    for (const thread of readdirSync(`/proc/${supervisor}/task`)) t.equal(getPriority(Number(thread)), -10)
    t.match(read(supervisor, 'autogroup'), raised)
    for (let launches = 0; launches < 5; launches++) {
      const { id } = await launch(fastify, 'app')
      t.match(await until(fastify, id, 'ready'), { ready: { nice: '0', group: '0' } })
    }
    t.notMatch(read(process.pid, 'autogroup'), raised, 'that of the gateway is unchanged')
  })
}

for (const spawner of spawners) {
  t.test(`${spawner}: nice and OOM score protect the supervisor, not its apps`, { skip: !isRoot }, async t => {
    // The supervisor inherits them of this process.
    setPriority(-15)
    writeFileSync('/proc/self/oom_score_adj', '500')
    const fastify = await build(t, { spawner, apps: { app: shell('echo READY; exec sleep 60') } })
    setPriority(0)
    writeFileSync('/proc/self/oom_score_adj', '0')
    const supervisor = fastify.supervisor.welcome?.pid as number
    t.equal(getPriority(supervisor), -15)
    t.equal(read(supervisor, 'oom_score_adj').trim(), '500')

    const { id } = await launch(fastify, 'app')
    const { pid } = (await until(fastify, id, 'ready')) as { pid: number }
    t.equal(getPriority(pid), 0)
    t.equal(read(pid, 'oom_score_adj').trim(), '0')
  })
}
