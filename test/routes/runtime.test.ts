import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, launch, shell, stop, until } from '../helper.ts'

const runtimeBin = join(import.meta.dirname, '../fixtures/runtime.sh')

/** Puts variables into the gateway's own environment for the time of a test. */
function exportVariables(t: Test, variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name]
    process.env[name] = value
    t.teardown(() => {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    })
  }
}

/** The environment that the stand-in of the runtime has printed, with its arguments as `args`. */
async function environmentOf(fastify: FastifyInstance, appId: string): Promise<Record<string, string>> {
  const { id } = await launch(fastify, appId)
  await until(fastify, id, 'ready')
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  const { body } = await fastify.inject(`/sessions/${id}/logs?tail=1000`)
  return Object.fromEntries(body.split('\n').flatMap(line => (line.includes('=') ? [line.split(/=(.*)/s)] : [])))
}

const ofTheRuntime = {
  WEFT_APP_STORE: '/store',
  WEFT_FILE_PORTAL_SOCKET: '/portal.sock',
  RUST_LOG: 'debug',
  XDG_RUNTIME_DIR: '/run/user/1',
  WAYLAND_DISPLAY: 'wayland-0',
  DISPLAY: ':0',
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/bus'
}

const ofTheGateway = {
  WEFT_TOKEN: 'secret',
  WEFT_URL: 'http://127.0.0.1:1',
  WEFT_GATEWAY_STATE_DIR: '/state',
  WEFT_SESSION_OTHER: 'x'
}

t.test('the runtime gets the variables that it reads, and none of the gateway’s own', async t => {
  exportVariables(t, { ...ofTheRuntime, ...ofTheGateway, AWS_SECRET: 'secret' })
  const env = await environmentOf(await build(t, { runtimeBin }), 'com.example.notes')
  t.match(env, { args: 'com.example.notes 1', ...ofTheRuntime, WEFT_APP_ID: 'com.example.notes' })
  for (const name of [...Object.keys(ofTheGateway), 'AWS_SECRET']) t.notOk(env[name], name)
})

t.test('[runtime] sets the command, more arguments and variables', async t => {
  exportVariables(t, { ...ofTheRuntime, MORE: 'passed' })
  const runtime = {
    command: ['env', 'FIRST={bin}', '{bin}', '--app', '{appId}', '{sessionId}'],
    args: ['--log', '{appId}.log'],
    env: { FIXED: 'yes' },
    passEnv: ['MORE', 'WEFT_APP_*']
  }
  const env = await environmentOf(await build(t, { runtimeBin, runtime }), 'com.example.notes')
  const args = '--app com.example.notes 1 --log com.example.notes.log'
  t.match(env, { args, FIRST: runtimeBin, FIXED: 'yes', MORE: 'passed', WEFT_APP_STORE: '/store' })
  t.notOk(env.RUST_LOG, 'passEnv replaces the default')
})

t.test('[runtime] needs no WEFT_RUNTIME_BIN if its command names a program', async t => {
  const fastify = await build(t, { runtime: { command: [runtimeBin, '{appId}'] } })
  t.match(await environmentOf(fastify, 'com.example.notes'), { args: 'com.example.notes' })
})

t.test('a [runtime] whose program is not known runs nothing', async t => {
  const fastify = await build(t, { runtime: { args: ['-v'] } })
  t.match(await launch(fastify, 'com.example.notes'), { state: 'stopped', stop: { reason: 'runtimeUnset' } })
})

t.test('[runtime] sets the readiness, the timeout and the stop', async t => {
  const { command = [] } = shell('trap "echo told; exit 7" USR1; echo up; while :; do sleep 0.05; done')
  const runtime = { command, ready: { line: 'up' }, readyTimeoutMs: 60_000, stop: { signal: 'SIGUSR1' as const } }
  const fastify = await build(t, { runtime })
  const { id } = await launch(fastify, 'com.example.notes')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { exitCode: 7, signalsSent: ['SIGUSR1'] } })
  const late = await build(t, { runtime: { ...shell('exec sleep 1000'), readyTimeoutMs: 50 } })
  const session = await launch(late, 'com.example.notes')
  t.match(await until(late, session.id, 'stopped'), { stop: { reason: 'readyTimeout' } })
})

t.test('a pattern of passEnv never means a variable of the gateway; a name does', async t => {
  exportVariables(t, ofTheGateway)
  const tell = shell('env; echo READY; exec sleep 1000')
  const apps = { all: { ...tell, passEnv: ['*'] }, one: { ...tell, passEnv: ['WEFT_TOKEN'] } }
  const fastify = await build(t, { apps })
  const env = await environmentOf(fastify, 'all')
  for (const name of Object.keys(ofTheGateway)) t.notOk(env[name], name)
  t.match(await environmentOf(fastify, 'one'), { WEFT_TOKEN: 'secret' })
})
