import { existsSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build, launch, processesOf, shell, spawners, stop, until } from '../helper.ts'

const isRoot = process.geteuid?.() === 0
const job = { kind: 'job' } as const
const sh = (script: string) => ['sh', '-c', script]
const bwrap = ['bwrap', '--ro-bind', '/', '/', '--dev', '/dev', '--unshare-pid', '--proc', '/proc', '--']

async function textOf(fastify: FastifyInstance, id: number): Promise<string> {
  return (await fastify.inject(`/sessions/${id}/logs?stream=stdout`)).body
}

for (const spawner of spawners) {
  t.test(`${spawner}: a launcher runs the command of an app`, async t => {
    const fastify = await build(t, {
      spawner,
      launchers: {
        gently: { wrap: ['nice', '-n', '7'] },
        bare: { wrap: ['env', '-i', 'APP={appId}'] },
        group: { wrap: ['setpriv', '--regid', '1', '--clear-groups', '--'] },
        ends: { wrap: ['env'], stop: sh('kill $(cat pid)'), after: sh('echo of the launcher {appId}') },
        several: {
          wrap: ['env'],
          after: [
            ['echo', 'one'],
            ['echo', 'two']
          ]
        }
      },
      apps: {
        gently: shell('nice', { ...job, launcher: 'gently' }),
        bare: { ...job, launcher: 'bare', command: ['/usr/bin/env'] },
        group: shell('id -g', { ...job, launcher: 'group' }),
        both: shell('trap "exit 7" TERM; echo $$ > pid; echo READY; while :; do sleep 0.01; done', {
          ...{ dir: 'session', launcher: 'ends', after: [['echo', 'own']], stopGraceMs: 60_000 }
        }),
        own: shell('echo READY; exec sleep 60', { launcher: 'ends', stop: { command: ['false'] } }),
        several: shell('true', { ...job, launcher: 'several' })
      }
    })
    const lines = async (appId: string) => {
      const { id } = await launch(fastify, appId)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'completed' } }, appId)
      return (await textOf(fastify, id)).split('\n').filter(line => line !== '' && !line.startsWith('after: '))
    }
    await t.test('with the environment, the group or the priority that it sets', async t => {
      t.same(await lines('gently'), ['7'])
      t.same(await lines('bare'), ['APP=bare'])
      if (isRoot) t.same(await lines('group'), ['1'])
    })
    await t.test('and ends it, with commands after those of the app', async t => {
      const { id } = await launch(fastify, 'both')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', exitCode: 7, signalsSent: [] } })
      t.match(await textOf(fastify, id), /^own\nafter: .*\nof the launcher both\n/m)
      t.same(await lines('several'), ['one', 'two'])
    })
    await t.test('unless the app has a stop of its own', async t => {
      const { id } = await launch(fastify, 'own')
      await until(fastify, id, 'ready')
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { signal: 'SIGTERM', signalsSent: ['SIGTERM'] } })
    })
  })

  t.test(`${spawner}: with a launcher an answer of any process counts`, async t => {
    const serve =
      'import http.server as h, sys; h.HTTPServer(("127.0.0.1", int(sys.argv[1])), h.SimpleHTTPRequestHandler).serve_forever()'
    // As a container engine, which runs the server elsewhere.
    const engine = `env -i setsid -f /usr/bin/python3 -c '${serve}' "$1" >/dev/null 2>&1; exec sleep 60`
    const ready = { http: 'http://127.0.0.1:{port}/' }
    const fastify = await build(t, {
      spawner,
      launchers: { engine: { wrap: ['sh', '-c', engine, 'engine', '{port}'] } },
      apps: { app: { command: ['image'], launcher: 'engine', ready } }
    })
    const { id } = await launch(fastify, 'app')
    t.match(await until(fastify, id, 'ready'), { state: 'running', port: Number })
    t.match((await fastify.inject('/apps/app')).json(), { usesPort: true })
    t.equal(fastify.gateway.catalogue.launchable('app')?.run.readiness.options?.anyProcess, true)
    await stop(fastify, id)
    t.match(await until(fastify, id, 'stopped'), { stop: { survivors: 0 } })
  })

  t.test(
    `${spawner}: nothing is left of a sandbox`,
    { skip: !existsSync('/usr/bin/bwrap') && 'needs bwrap' },
    async t => {
      const fastify = await build(t, {
        spawner,
        launchers: { sandbox: { wrap: bwrap } },
        apps: { app: shell('[ $$ -lt 9 ] && echo READY; sleep 61 & setsid sleep 62', { launcher: 'sandbox' }) }
      })
      const { id } = await launch(fastify, 'app')
      const session = await until(fastify, id, 'ready')
      if (session.state === 'stopped') return t.comment('bwrap can make no sandbox here')
      const { key } = fastify.gateway.registry.registrations.find(({ session }) => session.id === id) ?? { key: '' }
      t.ok(processesOf(new Set([key])).length >= 3)
      await stop(fastify, id)
      t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', survivors: 0 } })
      t.same(processesOf(new Set([key])), [])
    }
  )
}
