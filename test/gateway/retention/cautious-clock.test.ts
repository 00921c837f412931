import t from 'tap'
import { CautiousClock } from '../../../src/gateway/retention/cautious-clock.ts'

const hour = 3_600_000
const day = 24 * hour
const year = 365 * day

/** Two clocks that go on together, but for leaps of the first. */
function machine() {
  let [wall, monotonic] = [1_700_000_000_000, 5]
  const pass = (ms: number) => {
    wall += ms
    monotonic += ms
  }
  const leap = (ms: number) => {
    wall += ms
  }
  return { pass, leap, clocks: { wall: () => wall, monotonic: () => monotonic } }
}

t.test('the clock of the machine counts as long as it does not leap', async t => {
  const { pass, leap, clocks } = machine()
  const clock = new CautiousClock(undefined, clocks)
  for (const leapMs of [0, 1, -hour, day - 1, -year, hour]) {
    pass(10_000)
    leap(leapMs)
    t.equal(clock.now(), clocks.wall())
  }
})

t.test(
  'one that is far ahead at the start, or leaps there, is believed after a day; until then only what passes counts',
  async t => {
    const { pass, leap, clocks } = machine()
    const before = clocks.wall()
    leap(10 * year)
    const clock = new CautiousClock(before, clocks)
    t.equal(clock.now(), before)
    pass(hour)
    t.equal(clock.now(), before + hour)
    pass(23 * hour)
    t.equal(clock.now(), before + day)
    pass(1)
    t.equal(clock.now(), clocks.wall())
    leap(2 * day)
    t.equal(clock.now(), clocks.wall() - 2 * day)
  }
)

t.test('one that comes back to its senses is believed at once', async t => {
  const { pass, leap, clocks } = machine()
  const clock = new CautiousClock(clocks.wall(), clocks)
  leap(year)
  pass(hour)
  clock.now()
  leap(-year)
  t.equal(clock.now(), clocks.wall())
  leap(year)
  pass(23 * hour)
  t.equal(clock.now(), clocks.wall() - year, 'the next leap has a day of its own')
})
