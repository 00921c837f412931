import { mock } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { HealthWatch, type Watched } from '../../../src/supervisor/health/health-watch.ts'

const checks = {
  probe: { kind: 'tcp', setting: '1' },
  everyMs: 200,
  timeoutMs: 100,
  failures: 2,
  action: 'report'
} as const
// The probes of this test look at nothing.
const session = {} as Watched['session']

const timers = () => process.getActiveResourcesInfo().filter(type => type === 'Timeout').length

/** Counts the attempts of a probe, and how many of them were under way at once. */
function counted(attempt: (signal: AbortSignal) => Promise<string | undefined>) {
  const counts = { attempts: 0, running: 0, most: 0 }
  const probe = {
    awaited: 'anything',
    options: undefined,
    attempt: async (signal: AbortSignal) => {
      counts.attempts++
      counts.most = Math.max(counts.most, ++counts.running)
      return await attempt(signal).finally(() => counts.running--)
    }
  }
  return { counts, probe }
}

/** Resolves with a fault when it is interrupted, as the probes do. */
const hang = (signal: AbortSignal) =>
  new Promise<string>(resolve => signal.addEventListener('abort', () => resolve('gave no answer in time')))

t.test('a thousand sessions have one timer each, and leave nothing', async t => {
  const before = timers()
  const { counts, probe } = counted(async () => undefined)
  const watches = Array.from({ length: 1_000 }, () => {
    return new HealthWatch({ session, probe, checks: { ...checks, everyMs: 10_000 }, news: () => {} })
  })
  t.equal(timers() - before, 1_000)
  while (counts.attempts === 0) await delay(5)
  t.ok(timers() - before <= 1_001)
  await Promise.all(watches.map(watch => watch.end()))
  t.equal(timers(), before)
  const { attempts } = counts
  await delay(50)
  t.equal(counts.attempts, attempts, 'no check after the end')
})

t.test('sessions that were ready at once are not checked at once', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const { counts, probe } = counted(async () => undefined)
  const rare = { ...checks, everyMs: 10_000 }
  const watches = Array.from({ length: 1_000 }, () => new HealthWatch({ session, probe, checks: rare, news: () => {} }))
  mock.timers.tick(4_999)
  t.equal(counts.attempts, 0)
  mock.timers.tick(2_501)
  t.ok(counts.attempts > 300 && counts.attempts < 700, 'half of them')
  mock.timers.tick(2_500)
  t.equal(counts.attempts, 1_000)
  await Promise.all(watches.map(watch => watch.end()))
})

t.test('a check that hangs is interrupted in time, and none begins before it is over', async t => {
  const { counts, probe } = counted(hang)
  const { promise: unhealthy, resolve } = Promise.withResolvers<void>()
  const long = { ...checks, everyMs: 100, timeoutMs: 250 }
  const watch = new HealthWatch({ session, probe, checks: long, news: ({ status }) => status && resolve() })
  await unhealthy
  t.equal(counts.most, 1)
  await watch.end()
  t.equal(counts.running, 0)
})

t.test('the end waits for the check under way, which counts no more', async t => {
  const { counts, probe } = counted(hang)
  const news: unknown[] = []
  const watch = new HealthWatch({
    ...{ session, probe, checks: { ...checks, timeoutMs: 60_000, failures: 1 } },
    news: judgement => news.push(judgement)
  })
  while (counts.running === 0) await delay(5)
  await watch.end()
  t.equal(counts.running, 0)
  t.same(news, [])
})

t.test('a probe that throws is a failed check', async t => {
  const { probe } = counted(async () => Promise.reject(new Error('no descriptor is free')))
  const fault = await new Promise(resolve => {
    const watch = new HealthWatch({
      ...{ session, probe, checks },
      news: judgement => void watch.end().then(() => resolve(judgement.fault))
    })
  })
  t.equal(fault, 'the check failed: no descriptor is free')
})
