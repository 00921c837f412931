import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Session } from '../src/session/session.ts'
import { Command, configFile } from './cli/command.ts'
import { openNdjson, openSse, openWebSocket } from './clients.ts'
import { temporaryFolder } from './helper.ts'

const main = new URL('../src/cli/main.ts', import.meta.url).pathname
const forwarder = new URL('fixtures/doubled-signals.mjs', import.meta.url).pathname

/** Asks to be let go: after SIGTERM it writes `$MARK.asked`, and ends when `$MARK.go` is there. */
const polite = `trap 'touch "$MARK.asked"; while [ ! -e "$MARK.go" ]; do sleep 0.02; done; exit 0' TERM
echo READY; while :; do sleep 0.02; done`
const apps = {
  polite: { command: ['sh', '-c', polite], clientEnv: ['MARK'], stopGraceMs: 600_000 },
  stubborn: { command: ['sh', '-c', "trap '' TERM; echo READY; while :; do sleep 0.05; done"], stopGraceMs: 600_000 },
  slow: { command: ['sh', '-c', "trap '' TERM; echo READY; while :; do sleep 0.05; done"], stopGraceMs: 12_000 },
  idle: { command: ['sh', '-c', 'echo READY; sleep 1000 & exec sleep 1000'] }
}

async function start(t: Test, server: object = {}) {
  const folder = await temporaryFolder(t)
  const stateDir = join(folder, 'state')
  await configFile(folder, { server, apps })
  const gateway = new Command(t, ['--port', '0', '--state-dir', stateDir, '--log-level', 'fatal'], { cwd: folder })
  const url = await gateway.address()
  return { folder, stateDir, gateway, url, launch: (appId: string, env?: object) => post(url, appId, env) }
}

async function post(url: string, appId: string, env?: object) {
  const response = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify({ appId, ...(env && { env }) })
  })
  return { status: response.status, body: (await response.json()) as Session & { code?: string } }
}

function pidOf({ body }: { readonly body: Session }): number {
  return 'pid' in body ? (body.pid ?? 0) : 0
}

/** Pids that are still there, zombies apart. */
const living = (pids: readonly number[]) => pids.filter(pid => existsSync(`/proc/${pid}/exe`))

/** Resolves when the file is there; whoever makes it is not one of ours. */
async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise(resolve => setTimeout(resolve, 10))
}

function nothingIsLeft(t: Test, stateDir: string) {
  const left = readdirSync(stateDir).filter(
    name => !/^(gateway\.(db(-shm|-wal)?|mark)|logs|supervisor\.(log|secret))$/.test(name)
  )
  t.same(left, [])
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(
    `${signal}: launches are refused, all sessions stop in parallel, clients see it, and the exit code is 0`,
    async t => {
      const { folder, stateDir, gateway, url, launch } = await start(t)
      const marks = ['a', 'b', 'c'].map(name => join(folder, name))
      const sessions = await Promise.all(marks.map(MARK => launch('polite', { MARK })))
      const idle = await launch('idle')
      const pids = [...sessions, idle].map(pidOf)
      t.equal(living(pids).length, 4)
      const clients = await Promise.all(
        [openWebSocket, openSse, openNdjson].map(connect => connect(t, `${url}/events`))
      )
      await Promise.all(clients.map(client => client.until(({ type }) => type === 'Snapshot')))
      const waiting = fetch(`${url}/sessions/1/wait?timeoutMs=120000`).then(response => response.json())

      gateway.child.kill(signal)
      // None of them goes before all of them were asked.
      await Promise.all(marks.map(mark => appears(`${mark}.asked`)))
      const readyz = await fetch(`${url}/readyz`)
      t.equal(readyz.status, 503)
      t.match(await readyz.json(), { code: 'draining' })
      t.equal((await fetch(`${url}/livez`)).status, 200)
      t.match(await launch('idle'), { status: 503, body: { code: 'draining', type: '/problems/draining' } })
      t.match(await (await fetch(`${url}/sessions/1`)).json(), { state: 'stopping' })
      await Promise.all(marks.map(mark => writeFile(`${mark}.go`, '')))

      t.equal(await gateway.exited, 0)
      t.match(await waiting, {
        state: 'stopped',
        stop: { reason: 'gatewayStopped', initiator: 'gateway', exitCode: 0 }
      })
      const [webSocket, ...streams] = await Promise.all(clients.map(client => client.closed))
      t.match(webSocket, { code: 1001 })
      for (const closing of streams) t.same(closing, { code: 0, reason: 'ended' })
      for (const client of clients) {
        t.equal(client.types.filter(type => type === 'Stopped').length, 4)
        t.equal(client.types.at(-1), 'Stopped')
      }
      t.same(living(pids), [])
      nothingIsLeft(t, stateDir)
    }
  )
}

t.test('a second signal kills what ignores the first', async t => {
  const { stateDir, gateway, url, launch } = await start(t)
  const pid = pidOf(await launch('stubborn'))
  const client = await openWebSocket(t, `${url}/events`)
  await client.until(({ type }) => type === 'Snapshot')
  gateway.child.kill('SIGTERM')
  await client.until(({ type }) => type === 'Stopping')
  t.same(living([pid]), [pid])
  // What comes in the same moment is no second request.
  const again = setInterval(() => gateway.child.kill('SIGTERM'), 100)
  t.teardown(() => clearInterval(again))
  const { session } = await client.until(({ type }) => type === 'Stopped')
  t.match(session, { stop: { reason: 'gatewayStopped', initiator: 'gateway', signal: 'SIGKILL', survivors: 0 } })
  t.equal(await gateway.exited, 0)
  t.match(await client.closed, { code: 1001 })
  t.same(living([pid]), [])
  nothingIsLeft(t, stateDir)
})

t.test('a gateway without sessions, with clients and idle connections, exits at once', async t => {
  const { stateDir, gateway, url } = await start(t)
  const client = await openSse(t, `${url}/events`)
  await client.until(({ type }) => type === 'Snapshot')
  await (await fetch(`${url}/livez`)).text()
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
  t.same(await client.closed, { code: 0, reason: 'ended' })
  nothingIsLeft(t, stateDir)
})

t.test('clients that never read do not keep the gateway from exiting', async t => {
  const { stateDir, gateway, url, launch } = await start(t)
  for (const connect of [openWebSocket, openSse]) {
    const client = await connect(t, `${url}/events`)
    await client.until(({ type }) => type === 'Snapshot')
    client.pause()
  }
  await launch('idle')
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
  nothingIsLeft(t, stateDir)
})

t.test('one Ctrl-C that arrives several times is one', async t => {
  const folder = await temporaryFolder(t)
  const mark = join(folder, 'mark')
  await configFile(folder, { apps })
  const args = [main, '--port', '0', '--state-dir', join(folder, 'state'), '--log-level', 'fatal']
  // A process group of its own, like a job of a shell.
  const job = spawn(process.execPath, [forwarder, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true
  })
  const exited = once(job, 'exit')
  t.teardown(() => job.kill('SIGTERM'))
  const [line] = await once(job.stdout, 'data')
  const url = String(line).trim().replace('weft-gateway listens on ', '')
  await post(url, 'polite', { MARK: mark })
  const client = await openWebSocket(t, `${url}/events`)
  await client.until(({ type }) => type === 'Snapshot')
  process.kill(-(job.pid as number), 'SIGINT')
  await appears(`${mark}.asked`)
  await writeFile(`${mark}.go`, '')
  const { session } = await client.until(({ type }) => type === 'Stopped')
  t.match(session, { stop: { exitCode: 0, signalsSent: ['SIGTERM'] } })
  t.same(await exited, [0, null])
})

t.test('sessions that are to be kept outlive any number of signals', async t => {
  const { folder, stateDir, gateway, launch } = await start(t, { onStop: 'keep' })
  const { body } = await launch('idle')
  const impatience = setInterval(() => gateway.child.kill('SIGTERM'), 50)
  t.teardown(() => clearInterval(impatience))
  t.equal(await gateway.exited, 0)
  clearInterval(impatience)
  const next = new Command(t, ['--port', '0', '--state-dir', stateDir, '--log-level', 'fatal'], { cwd: folder })
  const url = await next.address()
  t.hasStrict(await (await fetch(`${url}/sessions/1`)).json(), body)
  await fetch(`${url}/sessions/1?force=true`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
})

t.test('a stop of more than 10 s is waited for, and clients are told', async t => {
  const { stateDir, gateway, url, launch } = await start(t)
  const pid = pidOf(await launch('slow'))
  const clients = await Promise.all([openWebSocket, openSse].map(connect => connect(t, `${url}/events`)))
  await Promise.all(clients.map(client => client.until(({ type }) => type === 'Snapshot')))
  const follow = fetch(`${url}/sessions/1/logs?follow=true`).then(response => response.text())
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
  const [webSocket, sse] = await Promise.all(clients.map(client => client.closed))
  t.match(webSocket, { code: 1001 })
  t.same(sse, { code: 0, reason: 'ended' })
  for (const client of clients) t.equal(client.types.at(-1), 'Stopped')
  t.match(await follow, 'READY')
  t.same(living([pid]), [])
  nothingIsLeft(t, stateDir)
})
