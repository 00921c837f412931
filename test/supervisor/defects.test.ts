import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import t from 'tap'
import { build, eventTypes, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'
import { watch } from './watch.ts'

/* The defects of weft-appd (docs/weft-appd.md) that no other test of this folder is named for: D2 D3 D5 D6 D8 D11 D12 D18 to D24 D42 are there. */

const apps = {
  ready: shell('echo READY; exec sleep 60'),
  heir: shell('(trap "" TERM; echo READY; exec sleep 60) & wait'),
  silent: shell('exec sleep 60', { readyTimeoutMs: 50 }),
  missing: { command: ['there-is-no-such-program'] },
  crash: shell('exit 3'),
  env: shell('env; echo READY; exec sleep 60', { env: { MINE: 'yes' }, passEnv: ['PASSED'] }),
  held: shell('sleep 60 & exit 7', { readyTimeoutMs: 60_000 }),
  daemon: shell('setsid -f /bin/sh -c "exec sleep 60"; exit 0', { readyTimeoutMs: 60_000 })
}

for (const spawner of spawners) {
  t.test(spawner, async t => {
    const fastify = await build(t, { spawner, apps })
    const { registry, supervisor } = fastify
    const { life, processes } = watch(fastify)
    const read = async (path: string) => (await fastify.inject(path)).json()

    t.test('D1: a stop ends the process', async t => {
      const { id } = await launch(fastify, 'ready')
      const { pid } = (await until(fastify, id, 'ready')) as { pid: number }
      t.same(processes(id), [pid])
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { pid, stop: { signal: 'SIGTERM', signalsSent: ['SIGTERM'] } })
      t.same(processes(id), [])
    })

    t.test('D4: every ending is published, whatever brought it about', async t => {
      const endings = { missing: 'spawnFailed', crash: 'readyMissed', silent: 'readyTimeout', ready: 'terminated' }
      for (const [appId, reason] of Object.entries(endings)) {
        const { id } = await launch(fastify, appId)
        if (reason === 'terminated') await stop(fastify, id)
        t.match(await until(fastify, id, 'stopped'), { stop: { reason } })
        t.equal((await eventTypes(fastify, id)).at(-1), 'Stopped')
      }
    })

    t.test('D9, D10: a stopped session is no longer among the living, and can still be read', async t => {
      const { id } = await launch(fastify, 'crash')
      const session = await until(fastify, id, 'stopped')
      t.hasStrict(await read(`/sessions/${id}`), session)
      t.same((await read('/sessions?state=starting&state=running&state=stopping')).items, [])
      t.same(registry.live, [])
    })

    t.test('D13: an ended session leaves nothing in the gateway', async t => {
      for (const appId of ['missing', 'crash', 'silent']) {
        const { id } = await launch(fastify, appId)
        await until(fastify, id, 'stopped')
      }
      t.same(fastify.gateway.registry.registrations, [])
    })

    t.test('D14: whoever hears an event reads the state that it tells of', async t => {
      const seen: string[] = []
      const leave = registry.subscribe(({ type, sessionId }) => seen.push(`${type} ${registry.get(sessionId).state}`))
      const { id } = await launch(fastify, 'ready')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      await until(fastify, id, 'stopped')
      leave()
      t.same(seen, ['Launched starting', 'AppReady running', 'Stopping stopping', 'Stopped stopped'])
    })

    t.test('D15: nothing happens to a session that is stopped', async t => {
      const { id } = await launch(fastify, 'crash')
      const session = await until(fastify, id, 'stopped')
      await fastify.gateway.registry.apply(id, { type: 'ready', time: Date.now() })
      t.hasStrict(await read(`/sessions/${id}`), session)
      t.equal(life(id), 'Launched,Stopped')
    })

    t.test('D16: a kill from outside ends a session like any other death', async t => {
      const { id } = await launch(fastify, 'ready')
      const { pid } = (await until(fastify, id, 'ready')) as { pid: number }
      process.kill(pid, 'SIGKILL')
      t.match(await until(fastify, id, 'stopped'), {
        stop: { reason: 'exited', initiator: 'app', signal: 'SIGKILL', exitCode: undefined, signalsSent: [] }
      })
    })

    t.test('D25: an exit before READY is seen though a grandchild holds stdout open', async t => {
      const { id } = await launch(fastify, 'held')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'readyMissed', exitCode: 7, survivors: 0 } })
      t.same(processes(id), [])
    })

    t.test('D26: a program that daemonizes before READY has missed it, and its daemon ends with it', async t => {
      const { id } = await launch(fastify, 'daemon')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'readyMissed', exitCode: 0, survivors: 0 } })
      t.same(processes(id), [])
    })

    t.test('D27: the processes of a supervisor that is killed do not survive it, and launches work again', async t => {
      const { id } = await launch(fastify, 'ready')
      await until(fastify, id, 'ready')
      process.kill(supervisor.welcome?.pid as number, 'SIGKILL')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'supervisorLost', initiator: 'gateway' } })
      t.equal(life(id), 'Launched,AppReady,Stopped')
      t.same(processes(id), [])
      const next = await launch(fastify, 'ready')
      t.match(await until(fastify, next.id, 'ready'), { state: 'running' })
      await stop(fastify, next.id, '?force=true')
      await until(fastify, next.id, 'stopped')
    })

    t.test('D28: an app id that could be an option or a path is refused before anything is launched', async t => {
      const before = await read('/sessions?limit=1000')
      for (const appId of [
        '-flag',
        '--help',
        '../x',
        '/abs',
        'a/b',
        '.',
        '..',
        '',
        'a b',
        'a\nb',
        'a\0b',
        'x'.repeat(129)
      ]) {
        const { statusCode } = await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId } })
        t.equal(statusCode, 400, JSON.stringify(appId))
      }
      t.same((await read('/sessions?limit=1000')).items, before.items)
    })

    t.test("D29: an app gets what its entry passes or sets, and none of the gateway's secrets", async t => {
      Object.assign(process.env, { PASSED: 'too', NOTIFY_SOCKET: '/run/notify', SECRET_TOKEN: 'hush' })
      const { id } = await launch(fastify, 'env')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      await until(fastify, id, 'stopped')
      const { body } = await fastify.inject(`/sessions/${id}/logs?tail=1000`)
      const names = body.split('\n').flatMap(line => (line.includes('=') ? line.slice(0, line.indexOf('=')) : []))
      const wanted = ['MINE', 'PASSED', 'WEFT_APP_ID', 'WEFT_SESSION_ID', 'WEFT_SESSION_KEY']
      const allowed = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'PWD', 'OLDPWD', 'SHLVL', '_', ...wanted]
      // tap adds these to every child that Node spawns.
      const isOfTap = (name: string) => name.startsWith('_TAPJS_') || name === 'NODE_OPTIONS'
      t.same(
        wanted.filter(name => !names.includes(name)),
        []
      )
      t.same(
        names.filter(name => !allowed.includes(name) && !isOfTap(name)),
        []
      )
    })

    t.test('D40: launches for which no descriptor is left fail, and what runs is neither lost nor left', async t => {
      const pid = String(supervisor.welcome?.pid)
      const limit = (count: number) => execFileSync('prlimit', ['--pid', pid, `--nofile=${count}:`])
      limit(readdirSync(`/proc/${pid}/fd`).length + 16)
      const launched = await Promise.all(Array.from({ length: 20 }, () => launch(fastify, 'heir')))
      const sessions = await Promise.all(launched.map(({ id }) => until(fastify, id, 'ready')))
      t.ok(sessions.some(({ state }) => state === 'running'))
      t.match(
        sessions.find(({ state }) => state === 'stopped'),
        { stop: { reason: 'spawnFailed', message: /EMFILE/ } }
      )
      await Promise.all(launched.map(({ id }) => stop(fastify, id)))
      for (const { id } of launched) {
        t.match(await until(fastify, id, 'stopped'), { stop: { survivors: 0 } })
        t.same(processes(id), [])
      }
      limit(4096)
      const { id } = await launch(fastify, 'ready')
      t.match(await until(fastify, id, 'ready'), { state: 'running' })
      await stop(fastify, id)
      await until(fastify, id, 'stopped')
    })

    t.test('D7: without catalogue and runtime a launch is registered and ends at once', async t => {
      const bare = await build(t, { spawner })
      const { id } = await launch(bare, 'some.app')
      const session = await until(bare, id, 'stopped')
      t.match(session, { pid: undefined, stop: { reason: 'runtimeUnset', initiator: 'gateway', signalsSent: [] } })
      t.same(await eventTypes(bare, id), ['Launched', 'Stopped'])
    })

    t.test('D17: ids go on where they were after a restart, so that an old id never means a new session', async t => {
      const stateDir = await temporaryFolder(t)
      const first = await build(t, { spawner, apps, stateDir })
      const old = await launch(first, 'ready')
      await first.close()
      const second = await build(t, { spawner, apps, stateDir })
      t.match(await until(second, old.id, 'stopped'), { id: old.id, stop: { survivors: 0 } })
      t.ok((await launch(second, 'crash')).id > old.id)
    })

    t.test('D27: a gateway that closes stops its sessions, whatever they do, and waits for their end', async t => {
      const stateDir = await temporaryFolder(t)
      const gateway = await build(t, { spawner, apps, stateDir })
      const { processes } = watch(gateway)
      const ids = await Promise.all(
        ['ready', 'ready', 'env', 'silent'].map(async app => (await launch(gateway, app)).id)
      )
      await gateway.close()
      t.same(ids.flatMap(processes), [])
      const next = await build(t, { spawner, apps, stateDir })
      for (const id of ids) t.match(await until(next, id, 'stopped'), { state: 'stopped', stop: { survivors: 0 } })
    })

    t.test('D38: a second gateway on the same state folder refuses to start and disturbs nothing', async t => {
      const stateDir = await temporaryFolder(t)
      const first = await build(t, { spawner, apps, stateDir })
      const { id } = await launch(first, 'ready')
      await until(first, id, 'ready')
      await t.rejects(build(t, { spawner, apps, stateDir }))
      t.match((await first.inject(`/sessions/${id}`)).json(), { state: 'running' })
      await stop(first, id)
      t.match(await until(first, id, 'stopped'), { stop: { reason: 'terminated' } })
    })
  })
}
