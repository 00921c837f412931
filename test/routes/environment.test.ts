import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, eventTypes, launch, shell, until } from '../helper.ts'

const runtimeBin = join(import.meta.dirname, '../fixtures/runtime.sh')
const tell = shell('env; echo READY; exec sleep 1000')

async function environmentOf(fastify: FastifyInstance, appId: string, members: object = {}) {
  const { id } = await launch(fastify, appId, members)
  await until(fastify, id, 'ready')
  const lines = (await logUntilReady(fastify, id)).split('\n')
  return Object.fromEntries(lines.filter(line => line.includes('=')).map(line => line.split(/=(.*)/s)))
}

/** The log reaches the disk a moment after the supervisor has seen READY. */
async function logUntilReady(fastify: FastifyInstance, id: number): Promise<string> {
  for (;;) {
    const { body } = await fastify.inject(`/sessions/${id}/logs?tail=1000`)
    if (body.endsWith('READY\n')) return body
  }
}

/** Puts a variable into the gateway's own environment for the time of a test. */
function exportVariable(t: Test, name: string, value: string): void {
  process.env[name] = value
  t.teardown(() => delete process.env[name])
}

t.test('an app gets a clean environment, without the gateway’s secrets', async t => {
  exportVariable(t, 'WEFT_TEST_SECRET', 'do not tell')
  exportVariable(t, 'PASSED', 'on')
  const apps = { tell: { ...tell, env: { MODE: 'test' }, passEnv: ['PASSED', 'NOT_THERE'] } }
  const fastify = await build(t, { apps })
  const env = await environmentOf(fastify, 'tell')
  t.match(env, { PATH: process.env.PATH, MODE: 'test', PASSED: 'on', WEFT_APP_ID: 'tell', WEFT_SESSION_ID: '1' })
  t.match(env.WEFT_SESSION_KEY, /^[0-9a-f-]{36}$/)
  const known = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'MODE', 'PASSED', 'WEFT_APP_ID', 'WEFT_SESSION_ID']
  const ofTheShell = ['PWD', 'SHLVL', '_', 'OLDPWD']
  const others = Object.keys(env).filter(name => ![...known, ...ofTheShell, 'WEFT_SESSION_KEY'].includes(name))
  t.same(others, [])
})

t.test('a launch may set the variables of clientEnv, which win over the entry’s', async t => {
  const apps = { tell: { ...tell, env: { GREETING: 'entry' }, clientEnv: ['GREETING', 'EMPTY'] } }
  const fastify = await build(t, { apps })
  t.match(await environmentOf(fastify, 'tell'), { GREETING: 'entry' })
  const env = { GREETING: 'hällo $HOME; "x"', EMPTY: '' }
  t.match(await environmentOf(fastify, 'tell', { env }), env)
})

t.test('values that look like placeholders of a launch stay what they are', async t => {
  const fastify = await build(t, { apps: { tell: { ...tell, clientEnv: ['GREETING'] } } })
  const env = { GREETING: '{sessionId} {port} {appId}' }
  t.match(await environmentOf(fastify, 'tell', { env }), env)
})

t.test('an app outside the catalogue runs as <bin> <appId> <sessionId> of WEFT_RUNTIME_BIN', async t => {
  const fastify = await build(t, { runtimeBin, apps: { tell } })
  const env = await environmentOf(fastify, 'com.example.notes')
  t.match(env, { args: 'com.example.notes 1', WEFT_APP_ID: 'com.example.notes' })
  t.notOk((await environmentOf(fastify, 'tell')).args, 'the catalogue comes first')
})

t.test('a runtime takes no environment from a launch', async t => {
  const fastify = await build(t, { runtimeBin })
  const payload = { appId: 'notes', env: { GREETING: 'x' } }
  const response = await fastify.inject({ method: 'POST', url: '/sessions', payload })
  t.match(response.json(), { status: 400, code: 'invalid-request', errors: [{ pointer: '/body/env/GREETING' }] })
})

t.test('a runtime that is not there is a failed spawn', async t => {
  const fastify = await build(t, { runtimeBin: '/there/is/no/such/runtime' })
  const { id } = await launch(fastify, 'notes')
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'spawnFailed', initiator: 'gateway' } })
})

t.test('with neither catalogue nor runtime a launch is registered and ends at once as runtimeUnset', async t => {
  const fastify = await build(t)
  const session = await launch(fastify, 'notes', { labels: { a: 'b' } })
  t.match(session, { id: 1, state: 'stopped', labels: { a: 'b' }, stop: { reason: 'runtimeUnset', survivors: 0 } })
  t.same(await eventTypes(fastify, 1), ['Launched', 'Stopped'])
})

t.test('with a catalogue and no runtime an unknown app is 404', async t => {
  const fastify = await build(t, { apps: { tell } })
  const response = await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId: 'other' } })
  t.match(response.json(), { status: 404, code: 'app-not-found' })
  t.same((await fastify.inject('/sessions')).json().items, [])
})
