import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { LogApps } from '../../../src/gateway/supervisor-link/app-stderr.ts'
import { build, launch, shell, stop, until } from '../../helper.ts'
import { logLines } from '../../log-lines.ts'

const apps = {
  serves: shell('echo noise >&2; echo READY; echo more noise >&2; exec sleep 60'),
  fails: shell('for i in $(seq 1 5); do echo "trace $i" >&2; done; echo "no such database" >&2; exit 3'),
  stopped: shell('echo begins >&2; exec sleep 60', { ready: { file: '/nowhere/up' } })
}

/** What is in the gateway's own log of stderr, after one app served and another failed to start. */
async function logged(t: Test, logApps?: LogApps): Promise<string[]> {
  const log = logLines()
  const lines: readonly Readonly<Record<string, unknown>>[] = log.lines
  const fastify = await build(t, { apps, logger: log.logger, server: logApps ? { logApps } : {} })
  for (const appId of Object.keys(apps)) {
    const { id } = await launch(fastify, appId)
    if (appId === 'serves') await until(fastify, id, 'ready')
    if (appId !== 'fails') await stop(fastify, id)
    await until(fastify, id, 'stopped')
    while (!lines.some(line => line.sessionId === id && line.msg === 'Stopped')) await nextTurn()
  }
  return lines.filter(line => line.stream === 'stderr').map(({ appId, msg }) => `${appId}: ${msg}`)
}

const failure = [...['1', '2', '3', '4', '5'].map(n => `fails: trace ${n}`), 'fails: no such database']

t.test('by default the gateway’s log has stderr of starts that failed, and of no other app', async t => {
  t.same(await logged(t), failure)
})

t.test('logApps = "none" keeps stderr of all apps out of the gateway’s log', async t => {
  t.same(await logged(t, 'none'), [])
})

t.test('logApps = "all" has stderr of all apps', async t => {
  const lines = await logged(t, 'all')
  for (const line of ['serves: noise', ...failure]) t.ok(lines.includes(line), line)
})

t.test(
  'an app that says before it is ready that it failed is a failed launch, and one that was ready is none',
  async t => {
    const log = logLines()
    const lines: readonly Readonly<Record<string, unknown>>[] = log.lines
    const apps = {
      early: shell('echo "no licence" >&2; echo FAIL licence; exec sleep 60', { speaks: true }),
      late: shell('echo "out of paper" >&2; echo READY; echo FAIL paper; exec sleep 60', { speaks: true })
    }
    const fastify = await build(t, { apps, logger: log.logger })
    for (const appId of Object.keys(apps)) {
      const { id } = await launch(fastify, appId)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'appFailed' } })
      while (!lines.some(line => line.sessionId === id && line.msg === 'Stopped')) await nextTurn()
    }
    const levels = lines.filter(({ msg }) => msg === 'Stopped').map(({ appId, level }) => [appId, level])
    t.same(levels, [
      ['early', 40],
      ['late', 30]
    ])
    t.same(
      lines.filter(({ stream }) => stream === 'stderr').map(({ msg }) => msg),
      ['no licence']
    )
  }
)
