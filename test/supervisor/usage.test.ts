import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Session, Usage } from '../../src/session/session.ts'
import { build, launch, shell, spawners, stop, until } from '../helper.ts'

/** Burns CPU time, by its own account, in a child that it waits for and then in itself, and tells what the kernel counted. */
const burner = `
import os, resource, sys, time
def burn(seconds):
    while time.process_time() < seconds: sum(range(10000))
if os.fork() == 0:
    burn(0.4)
    os._exit(0)
os.wait()
burn(0.4)
counted = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print('READY', '{"cpuMs":%d}' % (1000 * sum(u.ru_utime + u.ru_stime for u in counted)), flush=True)
sys.stdin.read()
`

const mebibyte = 1_048_576

/** Has this many MiB in memory, in two processes that share nothing of it. */
const allocator = (mebibytes: number) => `
import os, time
def fill(): return b"x" * (${mebibytes / 2} << 20)
if os.fork() == 0:
    block = fill()
    time.sleep(600)
block = fill()
print("READY", flush=True)
time.sleep(600)
`

const python = (program: string) => ({ command: ['python3', '-c', program], stopGraceMs: 10_000 })

async function usageOf(fastify: FastifyInstance, id: number): Promise<Usage | undefined> {
  const session: Session = (await fastify.inject(`/sessions/${id}`)).json()
  return 'usage' in session ? session.usage : undefined
}

async function untilUsage(fastify: FastifyInstance, id: number, isReached: (usage: Usage) => boolean) {
  for (;;) {
    const usage = await usageOf(fastify, id)
    if (usage && isReached(usage)) return usage
    await delay(100)
  }
}

for (const spawner of spawners) {
  t.test(spawner, { timeout: 120_000 }, async t => {
    const apps = {
      burner: python(`${burner}\n`),
      hog: python(allocator(200)),
      sleeper: shell('echo READY; exec sleep 600'),
      job: { kind: 'job' as const, ...python('import time\nwhile time.process_time() < 0.5: sum(range(10000))') },
      daemon: { daemonizes: true as const, command: ['sh', '-c', 'setsid sleep 600 & echo READY'] },
      missing: { command: ['no-such-program'] },
      thrice: {
        ...python('import time\nwhile time.process_time() < 0.3: sum(range(10000))\nexit(1)'),
        ready: { none: true as const },
        restart: { max: 2, backoffMs: 10, maxBackoffMs: 10 }
      }
    }
    const fastify = await build(t, { spawner, apps })

    await t.test('the CPU time of a session is what the kernel counted, live and at the end', async t => {
      const { id } = await launch(fastify, 'burner')
      const ended = (await until(fastify, id, 'stopped')) as Session & { state: 'stopped' }
      const counted = (ended.ready as { cpuMs: number }).cpuMs
      const { cpuMs = 0 } = ended.stop.usage ?? {}
      // Without wait4(2) it is what was seen at the last look.
      if (spawner === 'posix-spawn') t.ok(Math.abs(cpuMs - counted) <= 0.05 * counted, `${cpuMs} of ${counted} ms`)
      else t.ok(cpuMs <= 1.05 * counted, `${cpuMs} of ${counted} ms`)
    })
    await t.test('the usage in the end is that of all runs', { skip: spawner === 'child-process' }, async t => {
      const { id } = await launch(fastify, 'thrice')
      const ended = (await until(fastify, id, 'stopped')) as Session & { state: 'stopped' }
      t.equal(ended.run, 3)
      const { cpuMs = 0 } = ended.stop.usage ?? {}
      t.ok(cpuMs >= 900 && cpuMs < 1_800, `${cpuMs} ms in three runs of 300`)
    })
    await t.test('the memory and the processes of the whole tree count, live and in its end', async t => {
      const { id } = await launch(fastify, 'hog')
      await until(fastify, id, 'ready')
      const usage = await untilUsage(fastify, id, ({ rssBytes }) => rssBytes > 195 * mebibyte)
      t.equal(usage.processes, 2)
      t.ok(usage.rssBytes < 1.05 * 200 * mebibyte + 2 * 12 * mebibyte, `${usage.rssBytes}`)
      t.ok(usage.peakRssBytes >= usage.rssBytes)
      t.match(usage.at, /Z$/)
      await stop(fastify, id)
      const ended = (await until(fastify, id, 'stopped')) as Session & { state: 'stopped' }
      // More where python3 is a script that starts another program first.
      t.ok((ended.stop.usage?.processes ?? 0) >= 2)
      t.ok((ended.stop.usage?.peakRssBytes ?? 0) >= usage.peakRssBytes)
      t.equal('usage' in ended, false, 'a stopped session uses nothing')
    })
    await t.test('a session is sampled at most once a second, whoever asks', async t => {
      const { id } = await launch(fastify, 'sleeper')
      await until(fastify, id, 'ready')
      const all = await Promise.all(Array.from({ length: 20 }, () => usageOf(fastify, id)))
      t.equal(new Set(all.map(usage => usage?.at)).size, 1)
      await stop(fastify, id)
    })
    await t.test('a daemon is sampled after its first process has exited', async t => {
      const { id } = await launch(fastify, 'daemon')
      await until(fastify, id, 'ready')
      t.equal((await untilUsage(fastify, id, ({ processes }) => processes === 1)).processes, 1)
      await stop(fastify, id)
    })
    await t.test('what could not be started has used nothing', async t => {
      const { id } = await launch(fastify, 'missing')
      const ended = (await until(fastify, id, 'stopped')) as Session & { state: 'stopped' }
      t.equal(ended.stop.usage, undefined)
    })
    await t.test('the metrics have the CPU time by app', { skip: spawner === 'child-process' }, async t => {
      const { id } = await launch(fastify, 'job')
      await until(fastify, id, 'stopped')
      const { body } = await fastify.inject('/metrics')
      const seconds = Number(/^weft_session_cpu_seconds_total\{app_id="job"\} (.*)$/m.exec(body)?.[1])
      t.ok(seconds >= 0.5 && seconds < 5, `${seconds} s`)
      t.match(body, /^weft_session_peak_rss_bytes\{app_id="hog"\} \d+$/m)
    })
  })
}

t.test('a supervisor that hangs does not make a read hang', async t => {
  const fastify = await build(t, { apps: { sleeper: shell('echo READY; exec sleep 600') } })
  const { id } = await launch(fastify, 'sleeper')
  await until(fastify, id, 'ready')
  const pid = fastify.gateway.supervisor.welcome?.pid as number
  process.kill(pid, 'SIGSTOP')
  try {
    const response = await fastify.inject(`/sessions/${id}`)
    t.equal(response.statusCode, 200)
    t.match(response.json(), { state: 'running' })
    t.equal(response.json().usage, undefined)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})
