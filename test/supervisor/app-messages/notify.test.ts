import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { AppEntry } from '../../../src/config/complete-apps.ts'
import { build, eventTypes, launch, shell, spawners, stop, temporaryFolder, until } from '../../helper.ts'

const script = join(import.meta.dirname, '../../fixtures/notify.py')

const python = (...words: readonly string[]) => ['/usr/bin/python3', script, ...words]

/** An app that sends these datagrams. */
const sends = (words: readonly string[], entry: Partial<AppEntry> = {}): Partial<AppEntry> => ({
  command: python(...words),
  ready: { notify: true },
  ...entry
})

for (const spawner of spawners) {
  t.test(`${spawner}: an app is ready once a process of it sends READY=1`, async t => {
    const stateDir = await temporaryFolder(t)
    const fastify = await build(t, {
      ...{ spawner, stateDir },
      apps: {
        leader: sends(['READY=1']),
        several: sends(['STATUS=loading', '0.1', 'MAINPID=1\\nREADY=1\\nSTATUS=up']),
        child: shell(`/usr/bin/python3 ${script} READY=1 & wait`, { ready: { notify: true } }),
        daemon: shell(`setsid /usr/bin/python3 ${script} READY=1 & sleep 600`, { ready: { notify: true } })
      }
    })
    for (const appId of ['leader', 'several', 'child', 'daemon']) {
      const { id } = await launch(fastify, appId)
      t.match(await until(fastify, id, 'ready'), { state: 'running', readyAt: String }, appId)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
    }
    t.same(readdirSync(join(stateDir, 'notify')), [], 'no socket is left')
  })

  t.test(
    `${spawner}: systemd-notify makes its app ready`,
    { skip: !existsSync('/usr/bin/systemd-notify') && 'systemd-notify is not installed' },
    async t => {
      const app = shell('systemd-notify --ready --status=up; exec sleep 600', { ready: { notify: true } })
      const fastify = await build(t, { spawner, apps: { app } })
      const { id } = await launch(fastify, 'app')
      t.match(await until(fastify, id, 'ready'), { state: 'running' })
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { progress: { text: 'up' } })
    }
  )

  t.test(`${spawner}: what another session sends does not count`, async t => {
    const folder = await temporaryFolder(t)
    const app = shell(`echo $NOTIFY_SOCKET > ${folder}/path; exec sleep 600`, {
      readyTimeoutMs: 2_000,
      ready: { notify: true }
    })
    const stranger = shell(
      `while ! [ -s path ]; do sleep 0.01; done; NOTIFY_SOCKET=$(cat path); export NOTIFY_SOCKET; exec /usr/bin/python3 ${script} READY=1`,
      { cwd: folder, ready: { none: true } }
    )
    const fastify = await build(t, { spawner, apps: { app, stranger } })
    const [{ id }, { id: other }] = await Promise.all([launch(fastify, 'app'), launch(fastify, 'stranger')])
    const { pid } = (await fastify.inject(`/sessions/${other}/wait?for=ready`)).json()
    t.match(await until(fastify, id, 'stopped'), {
      stop: {
        reason: 'readyTimeout',
        message: new RegExp(`^waited 2 s for READY=1 on NOTIFY_SOCKET; what came from pid ${pid} did not count`)
      }
    })
    await stop(fastify, other)
  })

  t.test(`${spawner}: an app that sends anything is as safe as one that prints anything`, async t => {
    const flood = [
      'import os, socket, time',
      'to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
      'to.connect(os.environ["NOTIFY_SOCKET"])',
      'to.send(bytes(range(256)) * 255)',
      'to.send(b"READY=1" + b"x" * 65000)',
      'to.send(b"\\0\\nREADY=1\\0")',
      'to.send(b"")',
      'for n in range(3000): to.send(b"STATUS=%d" % n)',
      'to.send(b"READY=1")',
      'while True: to.send(os.urandom(100))'
    ].join('\n')
    const app: Partial<AppEntry> = { command: ['/usr/bin/python3', '-c', flood], ready: { notify: true } }
    const fastify = await build(t, { spawner, apps: { app, other: sends(['READY=1']) } })
    const { id } = await launch(fastify, 'app')
    t.match(await until(fastify, id, 'ready'), { state: 'running' })
    const other = await launch(fastify, 'other')
    t.match(await until(fastify, other.id, 'ready'), { state: 'running' }, 'another one is heard meanwhile')
    const updates = (await eventTypes(fastify, id)).filter(type => type === 'Updated')
    t.ok(updates.length < 20, 'a flood of words is few events')
    for (const session of [id, other.id]) await stop(fastify, session)
    t.match(await until(fastify, id, 'stopped'), { progress: { text: '2999' }, stop: { reason: 'terminated' } })
  })

  t.test(`${spawner}: EXTEND_TIMEOUT_USEC puts off the end of the start, and of the stop`, async t => {
    const late = sends(['EXTEND_TIMEOUT_USEC=60000000', '1.5', 'READY=1'], { readyTimeoutMs: 1_000 })
    const never = sends(['EXTEND_TIMEOUT_USEC=1500000'], { readyTimeoutMs: 1_000 })
    const saves = {
      ...sends([]),
      stopGraceMs: 500,
      command: [
        ...['/usr/bin/python3', '-c'],
        `import os, signal, socket, sys, time
to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
say = lambda word: to.sendto(word, os.environ['NOTIFY_SOCKET'])
def end(*_):
    say(b'STOPPING=1\\nEXTEND_TIMEOUT_USEC=4000000')
    time.sleep(1.5)
    os._exit(7)
signal.signal(signal.SIGTERM, end)
say(b'READY=1')
while True: time.sleep(1)`
      ]
    }
    const fastify = await build(t, { spawner, apps: { late, never, saves } })
    const started = await Promise.all(['late', 'never', 'saves'].map(appId => launch(fastify, appId)))
    const [first, second, third] = started.map(({ id }) => id) as [number, number, number]
    t.match(await until(fastify, first, 'ready'), { state: 'running' })
    t.match(await until(fastify, second, 'stopped'), {
      stop: { reason: 'readyTimeout', message: /^waited (1\.[5-9]|[2-9])\d* s for READY=1/ }
    })
    await until(fastify, third, 'ready')
    await stop(fastify, third)
    t.match(await until(fastify, third, 'stopped'), {
      progress: { text: 'stopping' },
      stop: { reason: 'terminated', exitCode: 7, signalsSent: ['SIGTERM'] }
    })
    await stop(fastify, first)
  })

  t.test(`${spawner}: an app that is not heard in time has failed, and is restarted`, async t => {
    const ready = { notify: true, watchdogMs: 400 } as const
    const quick = { backoffMs: 1, max: 1 }
    const beats = Array.from({ length: 8 }, () => ['WATCHDOG=1', '0.2']).flat()
    const fastify = await build(t, {
      spawner,
      apps: {
        silent: sends(['READY=1'], { ready, restart: quick }),
        alive: sends(['READY=1', ...beats, 'STATUS=done', ...beats], { ready: { notify: true, watchdogMs: 20_000 } }),
        stuck: sends(['READY=1', '0.1', 'WATCHDOG=trigger'], { ready: { notify: true, watchdogMs: 60_000 } }),
        told: shell('echo "$WATCHDOG_USEC"; exit 3', { ready })
      }
    })
    const silent = await launch(fastify, 'silent')
    t.match(await until(fastify, silent.id, 'stopped'), {
      run: 2,
      lastRun: { reason: 'watchdog', readyMs: Number },
      stop: { reason: 'watchdog', initiator: 'gateway', message: /^it sent no WATCHDOG=1 for 0\.4 s; it was restarted/ }
    })
    const stuck = await launch(fastify, 'stuck')
    t.match(await until(fastify, stuck.id, 'stopped'), { stop: { reason: 'watchdog', message: /trigger/ } })
    const told = await launch(fastify, 'told')
    await until(fastify, told.id, 'stopped')
    t.equal((await fastify.inject(`/sessions/${told.id}/logs`)).body, '400000\n')
  })

  t.test(`${spawner}: a failure says what error the app has reported`, async t => {
    const app = shell(`systemd-notify ERRNO=2; exit 4`, { ready: { notify: true } })
    const fastify = await build(t, { spawner, apps: { app } })
    const { id } = await launch(fastify, 'app')
    t.match(await until(fastify, id, 'stopped'), {
      stop: {
        reason: 'readyMissed',
        exitCode: 4,
        message:
          /^it exited with code 4; the gateway waited for READY=1 on NOTIFY_SOCKET; .*it reported ERRNO=2 \(ENOENT\)$/
      }
    })
  })
}
