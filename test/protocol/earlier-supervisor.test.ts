import t from 'tap'
import { decodeCommand } from '../../src/protocol/decode.ts'
import { factForEarlier } from '../../src/protocol/fact.ts'
import { laterMembers } from '../../src/protocol/launch.ts'
import { readinessOf } from '../../src/readiness/kinds.ts'
import { stopReasons } from '../../src/session/session.ts'
import { launchOf } from './raw-gateway.ts'

/** Of the release before `completed`. */
const earlyReasons = [
  ...['exited', 'terminated', 'readyTimeout', 'readyMissed', 'spawnFailed', 'runtimeUnset', 'gatewayStopped'],
  'supervisorLost'
]

t.test('what a supervisor of an earlier release would not do is known, and the rest goes on to work', async t => {
  const needs = (ready: Parameters<typeof readinessOf>[0]) => laterMembers({ readiness: readinessOf(ready) })
  for (const ready of [{ line: 'x' }, { pattern: 'x' }, { none: true as const }, { tcp: '{port}', anyProcess: true }]) {
    t.same(needs(ready), [], JSON.stringify(ready))
  }
  t.same(laterMembers({ readiness: readinessOf({ none: true }), kind: 'job' }), ['kind = "job"'])
  t.same(laterMembers({ readiness: readinessOf({ none: true }), user: 'www', umask: '027', dir: 'app' }), [
    'user',
    'umask',
    'dir'
  ])
  t.same(laterMembers({ readiness: readinessOf({ none: true }), stdin: 'open' }), ['stdin'])
  t.same(laterMembers({ readiness: readinessOf({ none: true }), tty: true }), ['tty'])
  t.same(laterMembers({ readiness: readinessOf({ none: true }), limits: { memoryBytes: 1, cpus: 2 } }), [
    'limits.memory',
    'limits.cpus'
  ])
  const stop = { leaderOnly: true, command: ['end'] }
  t.same(laterMembers({ readiness: readinessOf({ none: true }), stop }), ['stop.leaderOnly', 'stop.command'])
  const restart = { on: 'always', max: 5, windowMs: 1, backoffMs: 1, maxBackoffMs: 1, exceptExitCodes: [] } as const
  t.same(laterMembers({ readiness: readinessOf({ none: true }), restart }), ['restart'])
  t.same(laterMembers({ readiness: readinessOf({ none: true }), speaks: true }), ['speaks'])
  t.same(needs({ socket: 'x' }), ['ready.socket'])
  t.same(needs({ notify: true, watchdogMs: 1 }), ['ready.notify', 'ready.watchdogMs'])
  t.same(needs({ line: 'x', stream: 'both' }), ['ready.stream'])
  t.same(needs({ command: ['x'], intervalMs: 1 }), ['ready.command', 'ready.intervalMs'])
})

t.test('a launch of an earlier gateway is understood, and one with options', async t => {
  const launch = launchOf('k'.repeat(8), 'true')
  for (const readiness of [{ kind: 'line', setting: 'x' }, readinessOf({ http: 'http://x/', status: [200] })]) {
    t.same(decodeCommand(JSON.stringify({ type: 'launch', launch: { ...launch, readiness } })), {
      type: 'launch',
      launch: { ...launch, readiness }
    })
  }
})

t.test('for a gateway of an earlier release a job that is done has exited', async t => {
  const stop = { reason: 'completed', initiator: 'app', exitCode: 0, signalsSent: [], survivors: 0 }
  const fact = { type: 'fact', seq: 1, key: 'key', input: { type: 'ended', time: 1, stop } }
  t.match(JSON.parse(String(factForEarlier(JSON.stringify(fact)))), {
    seq: 1,
    input: { stop: { reason: 'exited', exitCode: 0 } }
  })
  for (const reason of stopReasons) {
    const known = JSON.parse(String(factForEarlier(JSON.stringify({ ...fact, input: { type: 'stop', reason } }))))
    t.ok(earlyReasons.includes(known.input.reason), reason)
  }
  const ready = JSON.stringify({ ...fact, input: { type: 'ready', time: 1, ready: { reason: 'completed' } } })
  t.equal(factForEarlier(ready), ready)
  const start = { ...fact, input: { type: 'start', time: 1, run: 2 } }
  t.equal(factForEarlier(JSON.stringify(start)), undefined, 'of a restart it knows nothing')
})
