import { once } from 'node:events'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { loadConfig } from '../src/config/load.ts'
import { resolveProgram } from '../src/resolve-program.ts'
import type { RunningSession } from '../src/session/session.ts'
import { buildFrom, launch, processesOf, stop, temporaryFolder, until } from './helper.ts'

const examples = join(import.meta.dirname, '..', 'examples')

/** Under CI the programs must be there: a test that is always skipped proves nothing. */
function unlessMissing(program: string) {
  try {
    resolveProgram(program, '/', process.env.PATH)
    return {}
  } catch {
    return process.env.CI ? {} : { skip: `${program} is not installed` }
  }
}

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv
  readonly stateDir?: string
}

async function buildExample(t: Test, file: string, given: Surroundings = {}): Promise<FastifyInstance> {
  const { env = {}, stateDir = await temporaryFolder(t) } = given
  const flags = { config: join(examples, file), 'state-dir': stateDir }
  return await buildFrom(t, loadConfig({ flags, env, cwd: '/' }))
}

/** Launches an app, has `use` try it while it runs, stops it as a client would, and looks for what is left. */
async function runThrough(
  t: Test,
  fastify: FastifyInstance,
  appId: string,
  use: (session: RunningSession) => Promise<unknown>
) {
  const { id } = await launch(fastify, appId)
  const keys = new Set(fastify.gateway.registry.registrations.map(({ key }) => key))
  const session = await until(fastify, id, 'ready')
  t.match(session, { appId, state: 'running', readyAt: String })
  await use(session as RunningSession)
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { state: 'stopped', stop: { reason: 'terminated', survivors: 0 } })
  t.same(processesOf(keys), [])
}

t.test('redis.toml runs a Redis that answers PING at its port', unlessMissing('redis-server'), async t => {
  const fastify = await buildExample(t, 'redis.toml')
  await runThrough(t, fastify, 'db.redis', async session => {
    const socket = connect(Number(session.port), '127.0.0.1')
    socket.write('PING\r\n')
    const [answer] = await once(socket, 'data')
    socket.destroy()
    t.equal(String(answer), '+PONG\r\n')
  })
})

t.test('python-http.toml serves its own folder at its port', unlessMissing('python3'), async t => {
  const fastify = await buildExample(t, 'python-http.toml')
  await runThrough(t, fastify, 'web.python', async session => {
    const response = await fetch(`http://127.0.0.1:${session.port}/`)
    t.match(await response.text(), 'python-http.toml')
  })
})

t.test('chromium.toml tells the DevTools address, and its profile goes with it', unlessMissing('chromium'), async t => {
  const stateDir = await temporaryFolder(t)
  const fastify = await buildExample(t, 'chromium.toml', { stateDir })
  const folder = join(stateDir, 'dirs/session')
  await runThrough(t, fastify, 'browser.chromium', async session => {
    const devtoolsUrl = 'ready' in session ? String(session.ready?.devtoolsUrl) : ''
    const response = await fetch(`http://${new URL(devtoolsUrl).host}/json/version`)
    t.match(await response.json(), { Browser: /Chrome/, webSocketDebuggerUrl: devtoolsUrl })
    t.match(await readdir(folder), [/^1-/])
  })
  t.same(await readdir(folder), [])
})

t.test('the WEFT runtime runs an entry of weft-runtime.toml, and by WEFT_RUNTIME_BIN any other app', async t => {
  const bin = await standInRuntime(t)
  const fastify = await buildExample(t, 'weft-runtime.toml', { env: { WEFT_RUNTIME_BIN: join(bin, 'weft-runtime') } })
  for (const [index, appId] of ['weft.notes', 'weft.mail'].entries()) {
    await runThrough(t, fastify, appId, async session => t.equal(session.id, index + 1))
    const { body } = await fastify.inject(`/sessions/${index + 1}/logs`)
    t.equal(body, `READY\nruns ${appId} as session ${index + 1}\n`)
  }
})

/** A program with the contract of the runtime, which is not at hand; its folder is put on the PATH. */
async function standInRuntime(t: Test): Promise<string> {
  const bin = join(await temporaryFolder(t), 'bin')
  await mkdir(bin)
  const script = '#!/bin/sh\nprintf "READY\\nruns $1 as session $2\\n"\nexec sleep 60\n'
  await writeFile(join(bin, 'runtime-1.0'), script, { mode: 0o755 })
  await symlink('runtime-1.0', join(bin, 'weft-runtime'))
  process.env.PATH = `${bin}:${process.env.PATH}`
  return bin
}
