import { hostname } from 'node:os'
import t from 'tap'
import { build, launch, shell, spawners, stop, temporaryFolder, until } from '../helper.ts'

/** Prints its arguments, one a line, and is ready. */
const tell = (...args: string[]) => ({
  command: ['/bin/sh', '-c', 'for text do echo "$text"; done; echo READY; exec sleep 60', 'tell', ...args]
})

for (const spawner of spawners) {
  t.test(`every placeholder has its value (${spawner})`, async t => {
    const cwd = await temporaryFolder(t)
    const app = {
      ...tell(
        '{port}',
        '{port:admin}',
        '{port:admin}',
        '{appId}',
        '{sessionId}',
        '{node}',
        '{env.A}',
        '{{port}}',
        '{dir}'
      ),
      env: { A: '{env.B} {port:metrics}', B: 'b {appId}' },
      dir: 'session' as const,
      cwd: '{dir}'
    }
    const fastify = await build(t, { apps: { app, other: { ...app, cwd } }, spawner })
    const { id } = await launch(fastify, 'app')
    const session = (await until(fastify, id, 'ready')) as {
      state: string
      port?: number
      ports?: Record<string, number>
    }
    const { port, ports = {} } = session
    t.equal(session.state, 'running')
    t.equal(new Set([port, ...Object.values(ports)]).size, 3, 'all are different')
    const lines = (await fastify.inject(`/sessions/${id}/logs`)).body.split('\n')
    const { admin, metrics } = ports
    t.same(lines.slice(0, 8), [port, admin, admin, 'app', id, hostname(), `b app ${metrics}`, '{port}'].map(String))
    t.match(lines[8], /dirs\/session\//)
  })

  t.test(`a variable can have itself and others in it (${spawner})`, async t => {
    const env = { PATH: '/opt/none:{env.PATH}', TEXT: '{"a":{"b":1}}', PORTS: '{env.PORT}' }
    const app = {
      ...tell('{env.PATH}', '{env.TEXT}', '{env.PORTS}', '{port}', '{env.GREETING}'),
      env,
      clientEnv: ['GREETING']
    }
    const fastify = await build(t, { apps: { app }, spawner })
    const { id } = await launch(fastify, 'app', { env: { GREETING: '{port} {{x}} {env.PATH}' } })
    const { port } = (await until(fastify, id, 'ready')) as { port?: number }
    const lines = (await fastify.inject(`/sessions/${id}/logs`)).body.split('\n')
    t.same(lines.slice(0, 5), [
      `/opt/none:${process.env.PATH}`,
      ...['{"a":{"b":1}}', `${port}`, `${port}`],
      '{port} {{x}} {env.PATH}'
    ])
  })
}

t.test('a value of the gateway’s environment is never read as a template', async t => {
  process.env.WEFT_TEST_BRACES = '{port} {{a}} {env.PATH}'
  t.teardown(() => delete process.env.WEFT_TEST_BRACES)
  const app = { ...tell('{env.WEFT_TEST_BRACES}'), passEnv: ['WEFT_TEST_*'] }
  const fastify = await build(t, { apps: { app } })
  const { id } = await launch(fastify, 'app')
  t.notMatch(await until(fastify, id, 'ready'), { port: Number })
  t.match((await fastify.inject(`/sessions/${id}/logs`)).body, /^\{port\} \{\{a\}\} \{env\.PATH\}\n/)
})

t.test('a variable that is not there fails the start, and so do two that have each other in them', async t => {
  const apps = {
    absent: tell('{env.NOT_THERE}'),
    cycle: { ...tell(), env: { A: '{env.B}', B: '{env.A}' } },
    itself: { ...tell(), env: { A: 'x{env.A}' } }
  }
  const fastify = await build(t, { apps })
  const messages: Record<string, RegExp> = {
    absent: /\{env\.NOT_THERE\} has no value: the environment of the app has no NOT_THERE/,
    cycle: /the variables A and B have each other in them/,
    itself: /\{env\.A\} has no value/
  }
  for (const [id, message] of Object.entries(messages)) {
    const session = await until(fastify, (await launch(fastify, id)).id, 'stopped')
    t.match(session, { stop: { reason: 'spawnFailed', message } }, id)
  }
})

t.test('readiness has its values, in an address, a line and, quoted, in a pattern', async t => {
  const serve =
    'from http.server import *; import sys; HTTPServer(("127.0.0.1", int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()'
  const apps = {
    tcp: { command: ['python3', '-c', serve, '{port:admin}'], ready: { tcp: '127.0.0.1:{port:admin}' } },
    http: { command: ['python3', '-c', serve, '{port:admin}'], ready: { http: 'http://127.0.0.1:{port:admin}/' } },
    line: shell('echo "up on $PORT"; exec sleep 60', { ready: { line: 'up on {port}' } }),
    pattern: shell('echo axb; echo "a.b (1)"; exec sleep 60', {
      env: { WORD: 'a.b' },
      ready: { pattern: '^{env.WORD} \\((?<count>[0-9]{1,2})\\)$' }
    })
  }
  const fastify = await build(t, { apps })
  for (const id of Object.keys(apps)) {
    t.match(await until(fastify, (await launch(fastify, id)).id, 'ready'), { state: 'running' }, id)
  }
})

t.test('the ports of a session stay the same from run to run, and are its own', async t => {
  const app = shell('echo {port} {port:admin}; echo READY; read line < wait || true; exit 1', {
    dir: 'session',
    command: ['/bin/sh', '-c', 'echo {port} {port:admin}; echo READY; exit 1'],
    restart: { on: 'failure', max: 2, backoffMs: 1 }
  })
  const fastify = await build(t, { apps: { app } })
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'stopped')
  const text = (await fastify.inject(`/sessions/${id}/logs?stream=stdout`)).body
  const lines = text.split('\n').filter(line => /^[0-9]/.test(line))
  t.equal(lines.length, 3)
  t.equal(new Set(lines).size, 1)
})

t.test('the ports of 500 sessions are all different', { timeout: 120_000 }, async t => {
  const app = { command: ['sleep', '300', '{port}', '{port:admin}'].slice(0, 2), ready: { none: true as const } }
  const apps = { app: { ...app, env: { A: '{port}', B: '{port:admin}' } } }
  const fastify = await build(t, { apps })
  const launched = await Promise.all(Array.from({ length: 500 }, () => launch(fastify, 'app')))
  const ports = new Set<number>()
  for (const { id } of launched) {
    const session = (await until(fastify, id, 'ready')) as { port?: number; ports?: Record<string, number> }
    for (const port of [session.port, session.ports?.admin]) if (port !== undefined) ports.add(port)
  }
  t.equal(ports.size, 1_000)
  await Promise.all(launched.map(({ id }) => stop(fastify, id, '?force=true')))
})
