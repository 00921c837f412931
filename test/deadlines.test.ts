import { mock } from 'node:test'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Deadlines } from '../src/deadlines.ts'
import { withExpiry } from '../src/session/expiry.ts'

const day = 86_400_000

/** A monotonic clock and timers that the test advances. */
function openClock(test: Test) {
  let nowMs = 0
  mock.timers.enable({ apis: ['setTimeout'] })
  const clock = mock.method(performance, 'now', () => nowMs)
  test.teardown(() => {
    mock.timers.reset()
    clock.mock.restore()
  })
  return {
    advance(ms: number) {
      nowMs += ms
      mock.timers.tick(ms)
    }
  }
}

t.test('each deadline passes once, when it is its time, and never one that was removed or moved', async t => {
  const clock = openClock(t)
  const step = fc.record({
    key: fc.nat(5),
    inMs: fc.option(fc.nat(200), { nil: undefined }),
    thenMs: fc.nat(100)
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const passed: number[] = []
      const deadlines = new Deadlines<number>(key => passed.push(key))
      let nowMs = performance.now()
      const expected = new Map<number, number>()
      const expectedPassed: number[] = []
      for (const { key, inMs, thenMs } of steps) {
        if (inMs === undefined) deadlines.delete(key)
        else deadlines.set(key, nowMs + inMs)
        expected.delete(key)
        if (inMs !== undefined) expected.set(key, nowMs + inMs)
        for (let ms = 0; ms < thenMs; ms++) clock.advance(1)
        nowMs += thenMs
        for (const [each, deadlineMs] of expected) {
          if (deadlineMs > nowMs || thenMs === 0) continue
          expected.delete(each)
          expectedPassed.push(each)
        }
      }
      const isSame = JSON.stringify(passed.toSorted()) === JSON.stringify(expectedPassed.toSorted())
      deadlines.close()
      return isSame && deadlines.size === 0
    }),
    { numRuns: 200 }
  )
})

t.test('a thousand leases that are renewed have one timer, and leave none', async t => {
  const clock = openClock(t)
  const set = mock.method(globalThis, 'setTimeout')
  t.teardown(() => set.mock.restore())
  const passed: number[] = []
  const deadlines = new Deadlines<number>(key => passed.push(key))
  for (let renewal = 0; renewal < 5; renewal++) {
    for (let key = 0; key < 1_000; key++) deadlines.set(key, performance.now() + 1_000 + key)
    clock.advance(500)
  }
  t.same(passed, [])
  t.ok(set.mock.callCount() < 20, `${set.mock.callCount()} timers`)
  clock.advance(5_000)
  t.equal(new Set(passed).size, 1_000)
  t.equal(deadlines.size, 0)
  const timers = set.mock.callCount()
  clock.advance(60_000)
  t.equal(set.mock.callCount(), timers)
})

t.test('a deadline beyond the longest timer is awaited in parts', async t => {
  const clock = openClock(t)
  const passed: string[] = []
  const deadlines = new Deadlines<string>(key => passed.push(key))
  deadlines.set('a', 30 * day)
  for (let days = 0; days < 29; days++) clock.advance(day)
  t.same(passed, [])
  clock.advance(day)
  t.same(passed, ['a'])
  deadlines.close()
})

t.test('the earlier of both counts; without a start a lifetime has no end', async () => {
  const at = (ms: number) => new Date(ms).toISOString()
  const bound = fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined })
  const optional = <T>(name: string, value: T | undefined) => (value === undefined ? {} : { [name]: value })
  fc.assert(
    fc.property(bound, bound, fc.nat(5_000), fc.boolean(), (lifetimeMs, leaseMs, waitedMs, isQueued) => {
      const session = {
        ...{ state: isQueued ? 'queued' : 'running', createdAt: at(0), startedAt: at(waitedMs) },
        ...{ ...optional('lifetimeMs', lifetimeMs), ...optional('leaseMs', leaseMs) }
      }
      const { expiresAt } = withExpiry(session, 20_000) as { readonly expiresAt?: { at: string; why: string } }
      const lifetimeEnd = lifetimeMs === undefined || isQueued ? Number.POSITIVE_INFINITY : waitedMs + lifetimeMs
      const end = Math.min(lifetimeEnd, leaseMs === undefined ? Number.POSITIVE_INFINITY : 20_000)
      if (end === Number.POSITIVE_INFINITY) return expiresAt === undefined
      return expiresAt?.at === at(end) && expiresAt.why === (lifetimeEnd <= end ? 'lifetime' : 'lease')
    })
  )
})
