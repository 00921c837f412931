import { mock } from 'node:test'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Told } from '../../src/session/update.ts'
import { Updates } from '../../src/supervisor/updates.ts'

interface Recorded extends Told {
  readonly key: string
  readonly atMs: number
}

/** Time stands still until the test advances it. */
function open(t: Test) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] })
  t.teardown(() => mock.timers.reset())
  const recorded: Recorded[] = []
  const updates = new Updates({
    record: (key, input) => {
      const { type: _, time: atMs, ...told } = input
      return recorded.push({ key, atMs, ...told })
    }
  })
  return { updates, recorded, acknowledgeAll: () => updates.acknowledged(recorded.length) }
}

const percent = (value: number): Told => ({ progress: { percent: value } })

t.test('what is told first is recorded at once, what follows within a second as one, the newest', async t => {
  const { updates, recorded, acknowledgeAll } = open(t)
  updates.tell('a', percent(1))
  acknowledgeAll()
  t.same(recorded, [{ key: 'a', atMs: 0, progress: { percent: 1 } }])
  for (const value of [2, 3, 4]) updates.tell('a', percent(value))
  const health = { status: 'healthy', since: '1970-01-01T00:00:00.500Z' } as const
  updates.tell('a', { health })
  mock.timers.tick(999)
  t.equal(recorded.length, 1)
  mock.timers.tick(1)
  t.same(recorded.slice(1), [{ key: 'a', atMs: 1_000, progress: { percent: 4 }, health }])
  acknowledgeAll()
  mock.timers.tick(60_000)
  t.equal(recorded.length, 2, 'nothing is told, nothing is recorded')
})

t.test('what says the same as before is no news', async t => {
  const { updates, recorded, acknowledgeAll } = open(t)
  for (let again = 0; again < 3; again++) {
    updates.tell('a', percent(1))
    acknowledgeAll()
    mock.timers.tick(5_000)
  }
  t.equal(recorded.length, 1)
})

t.test('while no gateway acknowledges, one fact of a session is kept, and then the newest follows', async t => {
  const { updates, recorded, acknowledgeAll } = open(t)
  for (let value = 0; value < 100; value++) {
    updates.tell('a', percent(value))
    mock.timers.tick(60_000)
  }
  t.equal(recorded.length, 1)
  acknowledgeAll()
  t.same(recorded.slice(1), [{ key: 'a', atMs: 6_000_000, progress: { percent: 99 } }])
})

t.test('at the end of a run what waits is recorded, and nothing afterwards; the next run begins anew', async t => {
  const { updates, recorded } = open(t)
  updates.tell('a', percent(1))
  updates.tell('a', percent(100))
  updates.settle('a')
  t.same(
    recorded.map(({ progress }) => progress?.percent),
    [1, 100]
  )
  updates.acknowledged(2)
  mock.timers.tick(60_000)
  t.equal(recorded.length, 2)
  updates.tell('a', percent(100))
  t.equal(recorded.length, 3)
})

t.test('values that a gateway would refuse are made to fit', async t => {
  const { updates, recorded } = open(t)
  updates.tell('a', { progress: { percent: 120, text: 'x'.repeat(100_000) } })
  updates.tell('b', percent(Number.NaN))
  updates.tell('c', percent(-1))
  t.match(recorded, [{ progress: { percent: 100, text: /^x{500}$/ } }, { progress: {} }, { progress: { percent: 0 } }])
})

t.test(
  'whenever it is told and acknowledged: at most one fact a second, and the last one is that of the end',
  async t => {
    const { updates, recorded } = open(t)
    const step = fc.record({ afterMs: fc.nat(1_500), value: fc.nat(100), isAcknowledged: fc.boolean() })
    let run = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), steps => {
        const key = String(run++)
        const first = recorded.length
        for (const { afterMs, value, isAcknowledged } of steps) {
          updates.tell(key, percent(value))
          if (isAcknowledged) updates.acknowledged(recorded.length)
          mock.timers.tick(afterMs)
        }
        const times = recorded.slice(first).map(({ atMs }) => atMs)
        updates.settle(key)
        return (
          times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) >= 1_000) &&
          recorded.at(-1)?.progress?.percent === steps.at(-1)?.value
        )
      })
    )
  }
)
