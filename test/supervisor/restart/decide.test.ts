import fc from 'fast-check'
import t from 'tap'
import type { Restart } from '../../../src/protocol/launch.ts'
import {
  beforeRestarts,
  type Decision,
  decideRestart,
  type RestartState,
  type RunEnd
} from '../../../src/supervisor/restart/decide.ts'

const policy: Restart = {
  ...{ on: 'failure', max: 3, windowMs: 10_000, backoffMs: 100, maxBackoffMs: 400, exceptExitCodes: [42] }
}
const crash: RunEnd = { reason: 'exited', initiator: 'app', exitCode: 1, ranMs: 5 }
const middle = { now: 1_000_000, chance: 0.5 }

const ends: readonly (readonly [string, Partial<RunEnd>, Partial<Restart>, Partial<Decision>])[] = [
  ['a failure', {}, {}, { type: 'restart', attempt: 1, delayMs: 100 }],
  ['a success', { exitCode: 0 }, {}, { type: 'end' }],
  ['a success, always', { exitCode: 0 }, { on: 'always' }, { type: 'restart' }],
  ['a job that is done', { reason: 'completed', exitCode: 0 }, {}, { type: 'end' }],
  ['a job that is done, always', { reason: 'completed', exitCode: 0 }, { on: 'always' }, { type: 'restart' }],
  ['never ready', { reason: 'readyTimeout' }, {}, { type: 'restart' }],
  ['not started', { reason: 'spawnFailed' }, {}, { type: 'restart' }],
  ['missing', { reason: 'spawnFailed', isMissing: true }, {}, { type: 'end' }],
  ['stopped', { reason: 'terminated' }, { on: 'always' }, { type: 'end' }],
  ['stopped with the gateway', { reason: 'gatewayStopped' }, { on: 'always' }, { type: 'end' }],
  ['unhealthy', { reason: 'unhealthy' }, {}, { type: 'restart' }],
  ['unhealthy, to be stopped', { reason: 'unhealthy', isFinal: true }, { on: 'always' }, { type: 'end' }],
  ['unhealthy, restarted for that alone', { reason: 'unhealthy' }, { on: 'unhealthy' }, { type: 'restart' }],
  ['a failure, restarted for health alone', {}, { on: 'unhealthy' }, { type: 'end' }],
  ['an excepted code', { exitCode: 42 }, { on: 'always' }, { type: 'end' }]
]

t.test('what a run ended with decides whether another one follows', async t => {
  for (const [name, end, changed, expected] of ends) {
    const decision = decideRestart(
      beforeRestarts,
      { ...crash, ...end },
      { policy: { ...policy, ...changed }, ...middle }
    )
    t.match(decision, expected, name)
  }
})

/** The decisions about runs of these lengths, one after the other. */
function lives(lengths: readonly number[], changed: Partial<Restart> = {}, chance = 0.5): Decision[] {
  let state: RestartState = beforeRestarts
  let now = 1_000_000
  const decisions: Decision[] = []
  for (const ranMs of lengths) {
    now += ranMs
    const decision = decideRestart(state, { ...crash, ranMs }, { policy: { ...policy, ...changed }, now, chance })
    decisions.push(decision)
    if (decision.type === 'end') break
    state = decision.state
    now += decision.delayMs
  }
  return decisions
}

t.test('the delay doubles up to the longest one, and begins anew after a run of the window', async t => {
  const delays = (lengths: readonly number[]) =>
    lives(lengths, { max: 0 }).map(each => each.type === 'restart' && each.delayMs)
  t.same(delays([1, 1, 1, 1, 10_000, 1]), [100, 200, 400, 400, 100, 200])
  t.match(lives([1], {}, 0)[0], { delayMs: 80 })
  t.match(lives([1], {}, 1)[0], { delayMs: 120 })
})

t.test('after max restarts within the window it is over, with the reason; older ones do not count', async t => {
  const decisions = lives([1, 1, 1, 1])
  t.same(
    decisions.map(each => (each.type === 'restart' ? each.attempt : each.why)),
    [...[1, 2, 3], 'it was restarted 3 times within 10 s, as often as it may be']
  )
  t.same(lives([1, 1, 1, 9_999, 9_999, 9_999]).at(-1)?.type, 'restart')
})

t.test('whatever happens, there are never more than max restarts within a window', async t => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lengths, chance) => {
        let now = 1_000_000
        const times: number[] = []
        for (const [index, decision] of lives(lengths, {}, chance).entries()) {
          now += lengths[index] ?? 0
          if (decision.type === 'end') break
          times.push(now)
          now += decision.delayMs
        }
        return times.every(
          time => times.filter(other => other <= time && other > time - policy.windowMs).length <= policy.max
        )
      }
    )
  )
  t.pass('100 lives')
})
