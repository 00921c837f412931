import fc from 'fast-check'
import t from 'tap'
import { beforeChecks, describe, isNews, type Judgement, judge } from '../../../src/supervisor/health/judge.ts'

const limit = 3

/** The judgements after each of these checks, one a second; a fault is what a check saw. */
function judgements(faults: readonly (string | undefined)[]): Judgement[] {
  let judgement = beforeChecks
  return faults.map((fault, index) => {
    judgement = judge(judgement, { fault, now: 1_000 * index }, limit)
    return judgement
  })
}

t.test('a session is unhealthy after so many failed checks in a row, and healthy after one that succeeds', async t => {
  const steps = judgements([undefined, 'a', 'a', undefined, 'a', 'a', 'a', 'a', undefined])
  t.same(
    steps.map(({ status }) => status),
    [...Array(6).fill('healthy'), 'unhealthy', 'unhealthy', 'healthy']
  )
  t.same(
    steps.map(({ failures }) => failures),
    [0, 1, 2, 0, 1, 2, 3, 4, 0]
  )
  t.same([steps[5]?.since, steps[7]?.since, steps[8]?.since], [0, 6_000, 8_000], 'since the status changed')
})

t.test('before a check has succeeded it is neither, until enough have failed', async t => {
  t.same(
    judgements(['a', 'a', 'a']).map(({ status }) => status),
    [undefined, undefined, 'unhealthy']
  )
})

t.test('the sentence has what was seen last, how often, and what was awaited', async t => {
  const said = (faults: string[]) => describe(judgements(faults).at(-1) ?? beforeChecks, 'an answer with 2xx or 3xx')
  t.equal(said(['GET / answered 500']), 'GET / answered 500; expected an answer with 2xx or 3xx')
  t.equal(said(['x', 'x', 'x']), 'x, 3 times in a row; expected an answer with 2xx or 3xx')
  t.equal(said(['y', 'x', 'x']), '3 checks in a row failed, at last: x; expected an answer with 2xx or 3xx')
  t.equal(describe(beforeChecks, 'anything'), undefined)
})

t.test('there is nothing to tell of a session that stays healthy, or stays unhealthy', async t => {
  const faults = [undefined, undefined, 'a', 'a', 'a', 'a', 'a', undefined, undefined]
  const steps = judgements(faults)
  t.same(
    steps.map((step, index) => isNews(steps[index - 1] ?? beforeChecks, step)),
    [true, false, true, true, true, false, false, true, false]
  )
})

t.test('whatever the checks find, unhealthy means that the last ones failed, as many as the limit', async t => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(undefined, 'a', 'b'), { maxLength: 40 }), faults => {
      let inRow = 0
      return judgements(faults).every(({ status, failures }, index) => {
        inRow = faults[index] === undefined ? 0 : inRow + 1
        const wasHealthy = faults.slice(0, index + 1).includes(undefined)
        const expected = inRow >= limit ? 'unhealthy' : wasHealthy ? ['healthy', 'unhealthy'] : undefined
        return failures === inRow && (Array.isArray(expected) ? expected.includes(status ?? '') : status === expected)
      })
    })
  )
  t.pass('100 sequences')
})
