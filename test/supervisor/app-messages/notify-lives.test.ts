import { existsSync, readdirSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { GatewayProcess, tryKill } from '../../gateway-process.ts'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../../helper.ts'
import { legalLife, watch } from '../watch.ts'

const script = join(import.meta.dirname, '../../fixtures/notify.py')
const ready = { notify: true } as const
const sends = (...words: readonly string[]) => ({ command: ['/usr/bin/python3', script, ...words], ready })
const needsNotify = { skip: !existsSync('/usr/bin/systemd-notify') && 'systemd-notify is not installed' }
const openFiles = ({ supervisor }: FastifyInstance) => readdirSync(`/proc/${supervisor.welcome?.pid}/fd`).length

for (const spawner of spawners) {
  t.test(`${spawner}: 200 sessions speak at once, and leave no descriptor and no socket`, needsNotify, async t => {
    const stateDir = await temporaryFolder(t)
    const app = shell('systemd-notify --ready --status="$WEFT_SESSION_ID"; exec sleep 600', { ready })
    const fastify = await build(t, { spawner, stateDir, apps: { app }, limits: { maxStarting: 50 } })
    const cycle = async (count: number) => {
      const launched = await Promise.all(Array.from({ length: count }, () => launch(fastify, 'app')))
      const running = await Promise.all(launched.map(({ id }) => until(fastify, id, 'ready')))
      t.ok(running.every(({ state }) => state === 'running'))
      await Promise.all(launched.map(({ id }) => stop(fastify, id)))
      const stopped = await Promise.all(launched.map(({ id }) => until(fastify, id, 'stopped')))
      t.ok(stopped.every(session => 'progress' in session && session.progress?.text === String(session.id)))
    }
    await cycle(5)
    const before = openFiles(fastify)
    await cycle(200)
    t.ok(openFiles(fastify) <= before, 'no descriptor is left')
    t.same(readdirSync(join(stateDir, 'notify')), [])
  })

  t.test(`${spawner}: READY=1 at the timeout is ready or too late, never both`, async t => {
    const fastify = await build(t, {
      spawner,
      apps: { app: { ...sends('0.2', 'READY=1'), readyTimeoutMs: 240, restart: { on: 'never' } } }
    })
    const { life } = watch(fastify)
    for (let round = 0; round < 6; round++) {
      const launched = await Promise.all(Array.from({ length: 5 }, () => launch(fastify, 'app')))
      for (const { id } of launched) {
        await until(fastify, id, 'ready')
        await stop(fastify, id)
        const session = await until(fastify, id, 'stopped')
        t.match(life(id), legalLife)
        t.match(session, { stop: { reason: life(id).includes('AppReady') ? 'terminated' : /readyTimeout|terminated/ } })
      }
    }
  })

  t.test(`${spawner}: a stop ends a session that waits for READY=1`, async t => {
    const fastify = await build(t, { spawner, apps: { app: sends('EXTEND_TIMEOUT_USEC=60000000') } })
    const { id } = await launch(fastify, 'app')
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
  })

  t.test(
    `${spawner}: it is heard while the gateway is away, and nothing is left of a lost supervisor`,
    needsNotify,
    async t => {
      const cwd = await temporaryFolder(t)
      const beats = Array.from({ length: 30 }, () => ['WATCHDOG=1', '0.1']).flat()
      const gateway = await GatewayProcess.start(t, {
        apps: {
          late: shell('until [ -e away ]; do sleep 0.05; done; systemd-notify --ready; touch told; exec sleep 600', {
            cwd,
            ready
          }),
          beats: { ...sends('READY=1', ...beats, 'STATUS=done', ...beats), ready: { notify: true, watchdogMs: 2_000 } }
        },
        server: { spawner }
      })
      const late = await gateway.launch('late', 'wait=0')
      const beating = await gateway.launch('beats')
      await gateway.signal('SIGKILL')
      await writeFile(join(cwd, 'away'), '')
      // It waits until its message was read.
      while (!existsSync(join(cwd, 'told'))) await delay(10)
      await gateway.start()
      t.match(await gateway.until(late.id, 'ready'), { state: 'running' })
      for (;;) {
        const session = await gateway.session(beating.id)
        if (!t.match(session, { state: 'running' }) || ('progress' in session && session.progress)) break
        await delay(50)
      }
      tryKill(gateway.supervisorPid() as number)
      for (const { id } of [late, beating]) {
        t.match(await gateway.until(id, 'stopped'), { stop: { reason: 'supervisorLost' } })
      }
      t.notOk(existsSync(join(gateway.stateDir, 'notify')), 'the next supervisor has removed the sockets')
      t.match(await gateway.launch('late'), { state: 'running' })
    }
  )
}

t.test('an app of another user is heard', { skip: process.geteuid?.() !== 0 && 'needs root' }, async t => {
  const folder = await temporaryFolder(t)
  await chmod(folder, 0o755)
  const configured = { command: ['/usr/bin/python3', '-c', read()], ready, user: 'nobody' }
  const changes = { command: ['setpriv', '--reuid=nobody', '--clear-groups', '/usr/bin/python3', '-c', read()], ready }
  const stateDir = join(folder, 'state')
  const fastify = await build(t, { stateDir, apps: { configured, changes } })
  for (const appId of ['configured', 'changes']) {
    const { id } = await launch(fastify, appId)
    t.match(await until(fastify, id, 'ready'), { state: 'running' }, appId)
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { progress: { text: '65534' } })
  }
})

/** A program that need not be read by another user. */
function read(): string {
  return [
    'import os, socket, time',
    'to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
    "to.sendto(b'READY=1\\nSTATUS=%d' % os.getuid(), os.environ['NOTIFY_SOCKET'])",
    'time.sleep(600)'
  ].join('\n')
}
