import t from 'tap'
import { Deadline } from '../../src/supervisor/deadline.ts'

t.test('a deadline that is put off passes later, and can be put off no further than its bound', async t => {
  const deadline = new Deadline(50, 400)
  deadline.extend(200)
  t.ok(deadline.totalMs >= 200 && deadline.totalMs < 300)
  deadline.extend(86_400_000)
  t.equal(deadline.totalMs, 400)
  const begun = performance.now()
  await deadline.passed
  t.ok(performance.now() - begun > 300)
  deadline.extend(86_400_000)
  t.equal(deadline.totalMs, 400, 'one that has passed stays')
})

t.test('a deadline is never earlier than it would have been', async t => {
  const deadline = new Deadline(3_600_000)
  deadline.extend(7_200_000)
  deadline.extend(1)
  t.equal(deadline.totalMs, 3_600_000)
  deadline.close()
})

t.test('a bound below the first time changes nothing', async t => {
  const deadline = new Deadline(3_600_000, 0)
  deadline.extend(7_200_000)
  t.equal(deadline.totalMs, 3_600_000)
  deadline.close()
})
