import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Session } from '../src/session/session.ts'
import { allProcesses } from '../src/supervisor/processes/proc.ts'
import { Command, configFile } from './cli/command.ts'
import { openNdjson, openSse, openWebSocket } from './clients.ts'
import { temporaryFolder } from './helper.ts'

const noLongTimers = new URL('fixtures/no-long-timers.mjs', import.meta.url).href

const idle = { command: ['sh', '-c', 'echo READY; exec sleep 1000'] }
const never = { command: ['sleep', '1000'] }
/** Ends some time after it was asked to: when `$MARK.go` is there. */
const polite = `trap 'touch "$MARK.asked"; while [ ! -e "$MARK.go" ]; do sleep 0.02; done; exit 0' TERM
echo READY; while :; do sleep 0.02; done`
const apps = {
  idle,
  never,
  // Its launch ends at once.
  absent: { command: ['/nonexistent'] },
  noisy: { command: ['sh', '-c', `echo READY; seq -f '%01000g' 20000; exec sleep 1000`] },
  polite: { command: ['sh', '-c', polite], clientEnv: ['MARK'], stopGraceMs: 600_000 }
}

/** A gateway whose end waits for no timer of more than `longestMs`: else it would not come in the time of a test. */
async function start(t: Test, longestMs: number) {
  const folder = await temporaryFolder(t)
  const stateDir = join(folder, 'state')
  await configFile(folder, { apps })
  const env = { NODE_OPTIONS: `--import=${noLongTimers}`, LONGEST_MS: String(longestMs) }
  const args = ['--port', '0', '--state-dir', stateDir, '--log-level', 'fatal']
  const gateway = new Command(t, args, { cwd: folder, env })
  return { mark: join(folder, 'mark'), stateDir, gateway, url: await gateway.address() }
}

type Started = Awaited<ReturnType<typeof start>>

const json = async (answer: Promise<Response>) => (await (await answer).json()) as Session & { code?: string }

function post(url: string, appId: string, members: object = {}): Promise<Session & { code?: string }> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ appId, ...members })
  return json(fetch(`${url}/sessions?waitMs=120000`, { method: 'POST', headers, body }))
}

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise(resolve => setTimeout(resolve, 10))
}

/** Sends a text that is no whole request. */
async function send(t: Test, url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  socket.resume().write(text)
  return socket
}

/** Asks for a stream, and reads nothing of it. */
async function ask(t: Test, url: string, path: string, headers: object): Promise<void> {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const socket = await send(t, url, `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  socket.pause()
}

/** The processes of a gateway: its supervisor, and those of sessions. */
const processesOf = ({ gateway }: Started) => {
  const all = allProcesses()
  const found = new Set([gateway.child.pid])
  for (const _ of all) for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  return [...found].filter(pid => pid !== gateway.child.pid)
}

async function nothingIsLeft(t: Test, { stateDir, url }: Started, pids: readonly (number | undefined)[]) {
  t.same(
    pids.filter(pid => existsSync(`/proc/${pid}/exe`)),
    [],
    'no supervisor and no session'
  )
  t.same(
    readdirSync(stateDir).filter(
      name => !/^(gateway\.(db(-shm|-wal)?|mark)|logs|supervisor\.(log|secret))$/.test(name)
    ),
    []
  )
  await t.rejects(fetch(url), { cause: { code: 'ECONNREFUSED' } })
}

t.test('with clients of every kind the gateway ends after its last session, at once, and leaves nothing', async t => {
  const started = await start(t, 100)
  const { url, gateway, mark } = started
  await Promise.all([post(url, 'idle'), post(url, 'polite', { env: { MARK: mark } })])
  const events = await Promise.all([openWebSocket, openSse, openNdjson].map(open => open(t, `${url}/events`)))
  await Promise.all(events.map(client => client.until(({ type }) => type === 'Snapshot')))
  const types = ['text/plain', 'application/x-ndjson', 'text/event-stream']
  const logs = await Promise.all(
    types.map(accept => fetch(`${url}/sessions/1/logs?follow=true`, { headers: { accept } }))
  )
  // It is never ready, so that the launch waits, and who waits for it.
  const launching = post(url, 'never')
  await Promise.all(events.map(client => client.until(({ session }) => session?.appId === 'never')))
  const waits = ['1/wait?timeoutMs=120000', '2/wait?timeoutMs=120000', '3/wait?until=ready&timeoutMs=120000'].map(
    path => json(fetch(`${url}/sessions/${path}`))
  )
  const stopping = json(fetch(`${url}/sessions/2?waitMs=120000`, { method: 'DELETE' }))
  await appears(`${mark}.asked`)
  // The connections of these are kept open.
  const pages = ['/events/history', '/sessions/1/log-lines', '/livez', '/stats', '/sessions']
  await Promise.all(pages.map(async path => await (await fetch(url + path)).text()))
  await (await fetch(`${url}/events`, { headers: { accept: 'application/json' } })).text()
  const pids = processesOf(started)
  t.ok(pids.length >= 4, 'a supervisor and three sessions')

  gateway.child.kill('SIGTERM')
  await Promise.all(events.map(client => client.until(({ type, session }) => type === 'Stopped' && session?.id === 1)))
  t.equal((await fetch(`${url}/livez`)).status, 200, 'it serves as long as there is a session')
  await writeFile(`${mark}.go`, '')

  t.equal(await gateway.exited, 0)
  t.match(await launching, { code: 'launch-failed', session: { id: 3, stop: { reason: 'gatewayStopped' } } })
  for (const session of await Promise.all([...waits, stopping])) t.match(session, { state: 'stopped' })
  for (const client of events) {
    await client.closed
    t.equal(client.types.filter(type => type === 'Stopped').length, 3)
    t.equal(client.types.at(-1), 'Stopped')
  }
  const [text, ndjson, sse] = await Promise.all(logs.map(response => response.text()))
  t.equal(text, 'READY\n')
  t.match(ndjson, /\n\{"type":"end","state":"stopped"\}\n$/)
  t.match(sse, /\nevent: end\n/)
  await nothingIsLeft(t, started, pids)
})

t.test('clients that do not end what they send delay the end by no more than a second', async t => {
  const started = await start(t, 1_000)
  const { url, gateway } = started
  await post(url, 'idle')
  const host = `Host: ${new URL(url).host}`
  const body = `POST /sessions HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"appId"`
  const second = await send(t, url, `GET /livez HTTP/1.1\r\n${host}\r\n\r\n`)
  await once(second, 'data')
  second.write(`GET /livez HTTP/1.1\r\nHo`)
  for (const part of ['', 'GET /livez HTTP/1.1\r\nHo', body]) await send(t, url, part)
  // What comes on a later connection is served after what came on those before.
  await (await fetch(`${url}/livez`)).text()
  const pids = processesOf(started)
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
  await nothingIsLeft(t, started, pids)
})

t.test('clients that do not read delay the end by no more than a second', async t => {
  const started = await start(t, 1_000)
  const { url, gateway } = started
  const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
  const types = ['application/x-ndjson', 'text/event-stream']
  for (const accept of types) await ask(t, url, '/events', { accept })
  await ask(t, url, '/events', { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' })
  const clients = async () => {
    const { eventClients } = (await (await fetch(`${url}/gateway`)).json()) as { eventClients: object }
    return Object.values(eventClients)
  }
  while ((await clients()).some(count => count !== 1)) await new Promise(resolve => setTimeout(resolve, 20))
  // Some 8 kB in each event: more than the buffers of the system take, and than a client can leave unread.
  const labels = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`l${index}`, 'x'.repeat(256)]))
  for (let turn = 0; turn < 30; turn++) {
    await Promise.all(Array.from({ length: 20 }, () => post(url, 'absent', { labels })))
  }
  const { id } = await post(url, 'noisy')
  for (const accept of [...types, 'text/plain'])
    await ask(t, url, `/sessions/${id}/logs?follow=true&after=0`, { accept })
  const pids = processesOf(started)
  gateway.child.kill('SIGTERM')
  t.equal(await gateway.exited, 0)
  await nothingIsLeft(t, started, pids)
})
