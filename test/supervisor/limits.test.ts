import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { StoppedSession } from '../../src/session/session.ts'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'

const python = (program: string) => ({ command: ['python3', '-c', program] })

/** Allocates this many MiB, ready with the first, and stays. */
const hog = (mebibytes: number) =>
  python(`
import time
print("READY", flush=True)
blocks = []
for _ in range(${mebibytes}):
    blocks.append(b"x" * (1 << 20))
    time.sleep(0.005)
time.sleep(600)
`)

/** Has 40 MiB that 4 workers share with it: their resident memory is 200 MiB in all. */
const sharing = python(`
import os, time
block = b"x" * (40 << 20)
for _ in range(4):
    if os.fork() == 0:
        sum(block[::4096])
        time.sleep(600)
time.sleep(0.5)
print("READY", flush=True)
time.sleep(600)
`)

async function ended(fastify: FastifyInstance, appId: string): Promise<StoppedSession> {
  const { id } = await launch(fastify, appId)
  return (await until(fastify, id, 'stopped')) as StoppedSession
}

async function logOf(fastify: FastifyInstance, id: number): Promise<string> {
  return (await fastify.inject(`/sessions/${id}/logs`)).body
}

for (const spawner of spawners) {
  t.test(spawner, { timeout: 120_000 }, async t => {
    const memory = { limits: { memory: '64 MiB' } }
    const job = { kind: 'job' as const }
    const fastify = await build(t, {
      spawner,
      apps: {
        hog: { ...hog(200), ...memory },
        again: { ...hog(200), ...memory, restart: { max: 1, backoffMs: 10, maxBackoffMs: 10 } },
        sharing: { ...sharing, limits: { memory: '120 MiB' } },
        // A bomb of bounded strength.
        bomb: shell('i=0; while [ $i -lt 60 ]; do sleep 600 & i=$((i+1)); done; echo READY; wait', {
          limits: { processes: 20 }
        }),
        starting: shell('for i in 1 2 3 4 5 6; do sleep 600 & done; wait', { limits: { processes: 5 } }),
        few: shell('sleep 600 & echo READY; wait', { limits: { processes: 20, memory: 2 ** 30 } }),
        files: shell('ulimit -Sn; ulimit -Hn', { ...job, limits: { openFiles: 512 } }),
        many: shell('ulimit -Sn; ulimit -Hn', { ...job, limits: { openFiles: 4096 } }),
        size: shell('head -c 100000 /dev/zero > big; echo $?; stat -c %s big', {
          ...job,
          dir: 'session',
          limits: { fileSize: '50 KiB' }
        }),
        nice: shell('cut -d" " -f19 /proc/$$/stat', { ...job, limits: { nice: 5 } }),
        user: shell('id -u; ulimit -n; echo "$LD_PRELOAD"', {
          ...job,
          ...(process.getuid?.() === 0 && { user: 'nobody' }),
          env: { LD_PRELOAD: '/no/such.so' },
          limits: { openFiles: 100 }
        }),
        missing: { command: ['no-such-program'], limits: { openFiles: 100 } },
        cpus: shell('true', { ...job, limits: { cpus: 0.5 } })
      }
    })

    await t.test('a session that exceeds its memory is killed, and its end tells limit and peak', async t => {
      const { stop } = await ended(fastify, 'hog')
      t.match(stop, { reason: 'memoryLimit', initiator: 'gateway', signalsSent: ['SIGKILL'], survivors: 0 })
      const [, had] =
        /^it had ([\d.]+) MiB of memory, more than the 64 MiB of limits\.memory$/.exec(stop.message ?? '') ?? []
      t.ok(Number(had) > 64 && Number(had) < 250, `${stop.message}`)
      t.ok((stop.usage?.peakRssBytes ?? 0) > 64 * 2 ** 20)
    })
    await t.test('it has failed, so that it is restarted', async t => {
      t.match(await ended(fastify, 'again'), {
        run: 2,
        lastRun: { reason: 'memoryLimit' },
        stop: { reason: 'memoryLimit' }
      })
    })
    await t.test('memory that processes share counts once', async t => {
      const { id } = await launch(fastify, 'sharing')
      await until(fastify, id, 'ready')
      let usage: { rssBytes: number } | undefined
      while (!usage || usage.rssBytes < 150 * 2 ** 20) usage = (await fastify.inject(`/sessions/${id}`)).json().usage
      t.match(await stop(fastify, id), { state: 'stopping' })
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated' } })
    })
    await t.test('a session that has too many processes is killed, while it starts or later', async t => {
      for (const [appId, limit] of [
        ['bomb', 20],
        ['starting', 5]
      ] as const) {
        const { stop } = await ended(fastify, appId)
        t.match(stop, { reason: 'processLimit', initiator: 'gateway', signalsSent: ['SIGKILL'], survivors: 0 })
        t.match(
          stop.message,
          new RegExp(`^it had \\d+ processes at once, more than the ${limit} of limits\\.processes$`)
        )
        t.ok((stop.usage?.processes ?? 0) > limit)
      }
    })
    await t.test('a session within its limits goes on', async t => {
      const { id } = await launch(fastify, 'few')
      t.match(await until(fastify, id, 'ready'), { state: 'running' })
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', signalsSent: ['SIGTERM'] } })
    })
    await t.test('each process has the limits of open files and of file size, and the priority', async t => {
      const lines = async (appId: string) => (await logOf(fastify, (await ended(fastify, appId)).id)).trim().split('\n')
      t.same(await lines('files'), ['512', '512'])
      t.same(await lines('many'), ['4096', '4096'])
      t.same((await lines('size')).slice(-1), ['51200'])
      t.same(await lines('nice'), ['5'])
      t.same((await lines('user')).filter(line => /^\d+$/.test(line)).at(-1), '100')
    })
    await t.test('the log says what this machine can not enforce', async t => {
      const { id } = await ended(fastify, 'cpus')
      t.match(await logOf(fastify, id), /limits\.cpus is not enforced: there is no cpu controller/)
    })
    await t.test('what can not be run is told by its own name', async t => {
      t.match(await ended(fastify, 'missing'), {
        stop: { reason: 'spawnFailed', message: /there is no program 'no-such-program' on the PATH/ }
      })
    })
  })
}
