import { existsSync, readdirSync, statSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

const isRoot = process.geteuid?.() === 0
const job = { kind: 'job', dir: 'session' } as const

/** Resolves when it is true; the test's own timeout is the limit. */
async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 20))
}

function names(...path: string[]): string[] {
  const folder = join(...path)
  return existsSync(folder) ? readdirSync(folder) : []
}

for (const spawner of spawners) {
  t.test(`${spawner}: an app with a folder`, async t => {
    const stateDir = await temporaryFolder(t)
    const elsewhere = await temporaryFolder(t)
    await writeFile(join(elsewhere, 'kept'), '')
    const fastify = await build(t, {
      spawner,
      stateDir,
      apps: {
        tells: {
          ...job,
          command: ['/bin/sh', '-c', 'pwd; echo "$0 $MINE $TMPDIR"; stat -c %a . tmp; mktemp', '{dir}/a'],
          env: { MINE: '{dir}/b' }
        },
        fills: shell(`ln -s ${elsewhere} link; mkdir -p a/b; echo > a/b/c; mkdir shut; chmod 0 shut`, job),
        elsewhere: shell('pwd', { ...job, cwd: '/' }),
        below: shell('pwd', { ...job, cwd: '{dir}/tmp' }),
        own: shell('echo "$TMPDIR"', { ...job, env: { TMPDIR: '/var/tmp' } }),
        kept: shell('echo > result', { ...job, dirKeepMs: 60_000 }),
        briefly: shell('echo > result', { ...job, dirKeepMs: 1 }),
        app: shell('echo >> runs; wc -l < runs; pwd', { kind: 'job', dir: 'app' }),
        again: shell('echo >> runs; wc -l < runs; [ $(wc -l < runs) = 3 ]', {
          dir: 'session',
          ready: { none: true },
          restart: { on: 'failure', max: 5, windowMs: 60_000, backoffMs: 1, maxBackoffMs: 1, exceptExitCodes: [] }
        }),
        missing: { ...job, command: ['no-such-program'] },
        steady: shell('echo > data; echo READY; exec sleep 60', { dir: 'session' })
      }
    })
    const lines = async (appId: string) => {
      const { id } = await launch(fastify, appId)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'completed' } }, appId)
      return (await fastify.inject(`/sessions/${id}/logs`)).body.split('\n').filter(Boolean)
    }
    const left = () => names(stateDir, 'dirs', 'session')

    await t.test('has it as {dir}, as working folder, for temporary files, and for itself', async t => {
      const [dir = '', values, ...others] = await lines('tells')
      t.ok(dir.startsWith(join(stateDir, 'dirs', 'session')))
      t.equal(values, `${dir}/a ${dir}/b ${dir}/tmp`)
      t.same(others.slice(0, 2), ['700', '700'])
      t.ok(others[2]?.startsWith(`${dir}/tmp/`))
      t.same(await lines('elsewhere'), ['/'])
      t.match(await lines('below'), [/\/dirs\/session\/.*\/tmp$/])
      t.same(await lines('own'), ['/var/tmp'])
    })
    await t.test('leaves nothing of it when it is stopped, and nothing that a link names is touched', async t => {
      await lines('fills')
      t.same(left(), [])
      await eventually(() => names(stateDir, 'dirs', 'trash').length === 0)
      t.same(names(elsewhere), ['kept'])
      const { id } = await launch(fastify, 'missing')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'spawnFailed' } })
      const running = await launch(fastify, 'steady')
      await until(fastify, running.id, 'ready')
      t.equal(left().length, 1)
      await stop(fastify, running.id, '?force=true')
      await until(fastify, running.id, 'stopped')
      t.same(left(), [])
    })
    await t.test('keeps it as long as dirKeepMs says', async t => {
      await lines('briefly')
      await eventually(() => left().length === 0)
      await lines('kept')
      const [folder = ''] = left()
      t.same(names(stateDir, 'dirs', 'session', folder).sort(), ['result', 'tmp'])
    })
    await t.test('has the same one in each run of a session that is restarted', async t => {
      const before = left()
      const { id } = await launch(fastify, 'again')
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'exited', exitCode: 0 } })
      const { body } = await fastify.inject(`/sessions/${id}/logs?stream=stdout`)
      t.same(body.match(/^[0-9]+$/gm), ['1', '2', '3'])
      t.same(left(), before)
    })
    await t.test('can have one that stays', async t => {
      const [first, dir] = await lines('app')
      t.same([first, dir], ['1', join(stateDir, 'dirs', 'app', 'app')])
      t.same(await lines('app'), ['2', dir])
    })
  })

  t.test(`${spawner}: a folder of another user`, { skip: !isRoot && 'needs root' }, async t => {
    const above = await temporaryFolder(t)
    const stateDir = join(above, 'state')
    await mkdir(stateDir, { mode: 0o700 })
    const fastify = await build(t, {
      spawner,
      stateDir,
      apps: {
        nobody: shell('touch a tmp/b && stat -c "%U %a" . tmp', { ...job, user: 'nobody' }),
        app: shell('touch a', { ...job, dir: 'app', user: 'nobody' }),
        others: shell(`cat ${stateDir}/gateway.db; ls ${stateDir} ${stateDir}/dirs/session`, { ...job, user: 'nobody' })
      }
    })
    const ended = async (appId: string) => {
      const { id } = await launch(fastify, appId)
      const session = await until(fastify, id, 'stopped')
      return { session, text: (await fastify.inject(`/sessions/${id}/logs`)).body }
    }
    t.match((await ended('nobody')).session, {
      stop: { reason: 'spawnFailed', message: `can't reach its folder ${stateDir}/dirs/session/` }
    })
    await chmod(above, 0o755)
    t.match(await ended('nobody'), { session: { stop: { reason: 'completed' } }, text: 'nobody 700\nnobody 700' })
    t.match((await ended('app')).session, { stop: { reason: 'completed' } })
    t.equal(statSync(join(stateDir, 'dirs', 'app', 'app')).uid, 65_534)
    t.match((await ended('others')).text, /db: Permission denied[\s\S]*state': Permission denied[\s\S]*session': Perm/)
    t.same(names(stateDir, 'dirs', 'session'), [])
  })

  t.test(`${spawner}: nothing is left of 300 folders if gateway and supervisor are killed`, async t => {
    const steady = shell('echo > data; echo READY; exec sleep 600', { dir: 'session' })
    const gateway = await GatewayProcess.start(t, {
      apps: {
        steady,
        short: shell('true', { ...job, dirKeepMs: 1 }),
        kept: shell('true', { ...job, dirKeepMs: 60_000 })
      },
      server: { spawner },
      limits: { maxSessions: 1_000 }
    })
    await gateway.launch('kept')
    const sessions = await Promise.all(Array.from({ length: 300 }, () => gateway.launch('steady')))
    const dirs = (kind: string) => names(gateway.stateDir, 'dirs', kind)
    t.equal(dirs('session').filter(name => !name.endsWith('.until')).length, 301)
    tryKill(gateway.supervisorPid() as number)
    await gateway.signal('SIGKILL')
    await gateway.start()
    for (const { id } of sessions) t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'supervisorLost' } })
    await eventually(() => dirs('session').length === 2 && dirs('trash').length === 0)
    t.match(dirs('session').sort(), [/-60000$/, /-60000\.until$/], 'but what is to be kept')
  })
}
