import t from 'tap'
import { check } from '../../src/config/validate.ts'

const command = ['true']

t.test('stop has other names for stopSignal and stopGraceMs, and the nearest value of each setting counts', async t => {
  const { config, faults } = check({
    defaults: { stop: { graceMs: 7, leaderOnly: true } },
    templates: { web: { stopSignal: 'SIGINT', stop: { leaderOnly: false } } },
    apps: {
      plain: { command },
      web: { command, use: 'web', stop: { command: ['end'] } },
      own: { command, use: 'web', stop: { signal: 'SIGUSR1' }, stopGraceMs: 9 }
    }
  })
  t.same(faults, [])
  t.match(config.defaults, { stopSignal: 'SIGTERM', stopGraceMs: 7 })
  t.match(config.apps.plain, { stopSignal: 'SIGTERM', stopGraceMs: 7, stop: { leaderOnly: true } })
  t.match(config.apps.web, { stopSignal: 'SIGINT', stopGraceMs: 7, stop: { leaderOnly: false, command: ['end'] } })
  t.match(config.apps.own, { stopSignal: 'SIGUSR1', stopGraceMs: 9 })
  t.same(check({ ...config, templates: {} }).faults, [], 'the settings in force are a configuration')
})

t.test('an app without stop has none', async t => {
  t.notOk('stop' in (check({ apps: { plain: { command } } }).config.apps.plain ?? {}))
})

t.test('faults of stop, and readyTimeoutMs of a job without a time limit', async t => {
  const job = { kind: 'job', ready: { exit: true } }
  const { faults } = check({
    templates: { t: { stopSignal: 'SIGINT', stop: { signal: 'SIGTERM' } } },
    apps: {
      a: { command, stopGraceMs: 1, stop: { graceMs: 2, command: [''] } },
      b: { command, stop: { leader: true, signal: 'SIGNONE' } },
      c: { command, ...job, readyTimeoutMs: 5 },
      d: { command, ...job }
    }
  })
  t.same(
    faults.map(({ path }) => path),
    [
      'apps.b.stop.leader',
      'apps.b.stop.signal',
      'templates.t.stop.signal',
      'apps.a.stop.command.0',
      'apps.a.stop.graceMs',
      'apps.c.readyTimeoutMs'
    ]
  )
})
