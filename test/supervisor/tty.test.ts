import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { chooseProcessHost } from '../../src/supervisor/processes/choose-process-host.ts'
import { build, configure, launch, shell, stop, temporaryFolder, until } from '../helper.ts'

const spawner = 'posix-spawn'
const tty = { tty: true }
const job = { ...tty, kind: 'job' } as const
const isRoot = process.geteuid?.() === 0

async function linesOf(fastify: Awaited<ReturnType<typeof build>>, id: number, stream = 'stdout') {
  const { body } = await fastify.inject(`/sessions/${id}/logs?stream=${stream}&tail=100000`)
  return body.split('\n').slice(0, -1)
}

async function outputOf(fastify: Awaited<ReturnType<typeof build>>, appId: string) {
  const { id } = await launch(fastify, appId)
  const session = await until(fastify, id, 'stopped')
  return { session, lines: await linesOf(fastify, id) }
}

t.test('a program that buffers without a terminal prints its READY at once', async t => {
  const command = ['/usr/bin/python3', '-c', "import time; print('READY'); time.sleep(60)"]
  const fastify = await build(t, { apps: { app: { command, ...tty } }, spawner })
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { signal: 'SIGTERM', survivors: 0 } })
})

t.test('a terminal is its controlling one and all its streams', async t => {
  const script = 'stty size; ps -o tty= $$; tty; tty <&1; tty <&2; echo "$TERM"; echo error >&2; echo in >/dev/tty'
  const apps = {
    app: shell(script, job),
    named: shell('echo "$TERM"', { ...job, env: { TERM: 'vt100' } }),
    limited: shell('tty; ps -o tty= $$; ulimit -n', { ...job, limits: { openFiles: 99 } }),
    none: shell('tty </dev/tty; tty', { kind: 'job', successExitCodes: [1] })
  }
  const fastify = await build(t, { apps, spawner })
  const { lines } = await outputOf(fastify, 'app')
  const name = String(lines[2])
  t.match(name, /^\/dev\/pts\/\d+$/)
  t.same(lines, ['24 80', name.slice('/dev/'.length), name, name, name, 'dumb', 'error', 'in'])
  t.same((await outputOf(fastify, 'named')).lines, ['vt100'])
  const limited = (await outputOf(fastify, 'limited')).lines
  t.same(limited.slice(1), [limited[0]?.slice('/dev/'.length), '99'])
  t.same((await outputOf(fastify, 'none')).lines, ['not a tty'])
})

t.test('bash has job control, and SIGHUP ends it', async t => {
  const folder = await temporaryFolder(t)
  const rc = join(folder, 'rc')
  await writeFile(rc, 'case $- in *m*) sleep 60 & jobs; echo READY ;; esac\n')
  const command = ['bash', '--rcfile', rc, '-i']
  const fastify = await build(t, { apps: { app: { command, ...tty, stopSignal: 'SIGHUP' } }, spawner })
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  t.match(
    (await linesOf(fastify, id)).find(line => line.includes('Running')),
    /^\[1\]\+ +Running +sleep 60 &$/
  )
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGHUP'], survivors: 0 } })
})

t.test('a flood comes out whole, and so does a last line without an end', async t => {
  const script = 'yes 0123456789abcde | head -n 65536; printf end'
  const fastify = await build(t, { apps: { app: shell(script, job) }, spawner })
  const { session, lines } = await outputOf(fastify, 'app')
  t.match(session, { stop: { reason: 'completed', exitCode: 0 } })
  t.equal(lines.length, 65_537)
  t.equal(lines.filter(line => line === '0123456789abcde').length, 65_536)
  t.equal(lines.at(-1), 'end')
})

t.test('sessions leave no terminal and no descriptor behind, many at once', async t => {
  const apps = { app: shell('echo READY; exec sleep 60', tty), wrong: { command: ['/etc'], ...tty } }
  const fastify = await build(t, { apps, spawner })
  const once = async (appId: string) => until(fastify, (await launch(fastify, appId)).id, 'stopped')
  t.match(await once('wrong'), { stop: { reason: 'spawnFailed' } })
  const descriptors = () => readdirSync(`/proc/${fastify.supervisor.welcome?.pid}/fd`)
  const before = descriptors().length
  await once('wrong')
  const sessions = await Promise.all(Array.from({ length: 50 }, () => launch(fastify, 'app')))
  for (const { id } of sessions) t.match(await until(fastify, id, 'ready'), { state: 'running' })
  const pids = sessions.map(({ id }) => fastify.registry.get(id)).map(session => (session as { pid?: number }).pid)
  t.equal(new Set(pids).size, 50)
  await Promise.all(sessions.map(({ id }) => stop(fastify, id)))
  for (const { id } of sessions) {
    t.match(await until(fastify, id, 'stopped'), { stop: { signalsSent: ['SIGTERM'], survivors: 0 } })
  }
  t.ok(descriptors().length < before + 20, `${before} and then ${descriptors().length}`)
})

t.test('each run has a terminal of its own, and commands before and after have none', async t => {
  const restart = { on: 'failure', max: 1, backoffMs: 10 } as const
  const commands = [['sh', '-c', 'tty; true']]
  const app = shell('tty; exit 3', { ...tty, restart, before: commands, after: commands })
  const fastify = await build(t, { apps: { app }, spawner })
  const { lines, session } = await outputOf(fastify, 'app')
  t.match(session, { run: 2 })
  t.equal(lines.filter(line => line.startsWith('/dev/pts/')).length, 2)
  t.equal(lines.filter(line => line === 'not a tty').length, 4)
})

t.test('another user owns the terminal', { skip: !isRoot && 'needs root' }, async t => {
  const app = shell('id -un; stat -c %U "$(tty)"; echo written >"$(tty)"', { ...job, user: 'nobody' })
  const fastify = await build(t, { apps: { app }, spawner })
  t.same((await outputOf(fastify, 'app')).lines, ['nobody', 'nobody', 'written'])
})

t.test('the spawner child-process has no terminals', async t => {
  const apps = { app: shell('true', tty) }
  await t.rejects(configure(t, { apps, spawner: 'child-process' }), /apps\.app\.tty: needs the spawner posix-spawn/)
  const ready = { pattern: 'x', stream: 'stderr' } as const
  await t.rejects(configure(t, { apps: { app: shell('true', { ...tty, ready }) } }), /apps\.app\.ready\.stream: must/)
  await t.rejects(configure(t, { apps: { app: shell('true', { ...tty, stdin: 'null' }) } }), /apps\.app\.stdin: must/)
  const host = await chooseProcessHost('child-process')
  const program = { file: '/bin/true', argv: ['true'], env: {}, cwd: '/', key: 'k', tty: true as const }
  await t.rejects(host.spawn(program), { message: /^tty = true needs the spawner posix-spawn/ })
})
