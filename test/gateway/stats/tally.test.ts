import fc from 'fast-check'
import t from 'tap'
import { Durations } from '../../../src/gateway/stats/durations.ts'
import { maxApps, Tally } from '../../../src/gateway/stats/tally.ts'

t.test('quantiles are those of the sorted durations, by the nearest rank', async () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 1 }), values => {
      const durations = new Durations()
      for (const value of values) durations.add(value)
      const sorted = values.toSorted((a, b) => a - b)
      const at = (quantile: number) => sorted[Math.ceil(quantile * sorted.length) - 1]
      const summary = { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) }
      return JSON.stringify(durations.summary()) === JSON.stringify(summary)
    })
  )
})

t.test('without durations there is only their count', async t => {
  t.same(new Durations().summary(), { count: 0 })
})

t.test('events are counted in their buckets, which have no gaps', async t => {
  const tally = new Tally({ from: 0, to: 2_500, bucketMs: 1_000 })
  for (const time of [0, 999, 2_000]) tally.add({ time, seq: 1, type: 'Launched', appId: 'a', labels: {} })
  t.same(
    tally.buckets.map(({ time, launched }) => [Date.parse(time), launched]),
    [
      [0, 2],
      [1_000, 0],
      [2_000, 1]
    ]
  )
})

t.test('apps beyond the first thousand are counted in the buckets only', async t => {
  const tally = new Tally({ from: 0, to: 1, bucketMs: 1 })
  for (let n = 0; n <= maxApps; n++) tally.add({ time: 0, seq: n, type: 'Launched', appId: `app${n}`, labels: {} })
  t.equal([...tally.apps()].length, maxApps)
  t.equal(tally.buckets[0]?.launched, maxApps + 1)
})
