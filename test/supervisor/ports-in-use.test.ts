import { once } from 'node:events'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import type { AppEntry } from '../../src/config/complete-apps.ts'
import { build, launch, shell, spawners, until } from '../helper.ts'

/** A server of this process, which is none of a session. */
async function stranger(t: Test, port = 0): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as { port: number }).port
}

const held = (port: number) => new RegExp(`^port ${port} is in use by pid ${process.pid} \\(`)

for (const spawner of spawners) {
  t.test(`a fixed port that another process holds is told, and nothing is started (${spawner})`, async t => {
    const port = await stranger(t)
    const ready: readonly AppEntry['ready'][] = [
      { tcp: `127.0.0.1:${port}` },
      { tcp: `${port}` },
      { tcp: `localhost:${port}` },
      { http: `http://127.0.0.1:${port}/` }
    ]
    const apps = Object.fromEntries(
      ready.map((entry, index) => [`app${index}`, shell('exec sleep 60', { ready: entry })])
    )
    const fastify = await build(t, { apps, spawner })
    for (const id of Object.keys(apps)) {
      const session = await until(fastify, (await launch(fastify, id)).id, 'stopped')
      t.match(session, { stop: { reason: 'spawnFailed', message: held(port), signalsSent: [] } })
      t.notOk('pid' in session)
    }
  })
}

t.test('with anyProcess, or where nobody listens, it is started', async t => {
  const port = await stranger(t)
  const anyProcess = { tcp: `127.0.0.1:${port}`, anyProcess: true }
  const fastify = await build(t, { apps: { app: shell('exec sleep 60', { ready: anyProcess }) } })
  t.match(await until(fastify, (await launch(fastify, 'app')).id, 'ready'), { state: 'running' })
})

t.test('a port that is taken between two runs makes that run fail, which counts', { timeout: 60_000 }, async t => {
  const app = shell('echo "$PORT"; echo READY; read line; exit 1', {
    command: ['/bin/sh', '-c', 'echo {port:admin}; echo READY; exit 1'],
    restart: { on: 'failure', max: 1, backoffMs: 1_000 }
  })
  const fastify = await build(t, { apps: { app } })
  const restarting = new Promise<{ ports?: Record<string, number> }>(resolve =>
    fastify.registry.subscribe(({ type, json }) => {
      if (type === 'Restarting') resolve(JSON.parse(json).session)
    })
  )
  const { id } = await launch(fastify, 'app')
  const { ports = {} } = await restarting
  const port = await stranger(t, ports.admin)
  const session = await until(fastify, id, 'stopped')
  t.match(session, { run: 2, stop: { reason: 'spawnFailed', message: held(port) } })
})
