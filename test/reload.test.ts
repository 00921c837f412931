import { once } from 'node:events'
import { readFile, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { stringify } from 'smol-toml'
import t, { type Test } from 'tap'
import { InvalidConfig } from '../src/config/faults.ts'
import { loadConfig } from '../src/config/load.ts'
import { Command, configFile } from './cli/command.ts'
import { type Connect, open, openNdjson, openSse, openWebSocket } from './clients.ts'
import { buildFrom, configure, shell, type TestOptions, temporaryFolder } from './helper.ts'
import { type Holder, holder } from './tokens.ts'

const apps = { app: shell('echo one; echo READY; exec sleep 1000') }
const [owner, leaver] = [holder('owner'), holder('leaver')]
const both = [owner.entry, leaver.entry]

/** A gateway, the function that loads other settings into it, and what it logged. */
async function gateway(t: Test, options: TestOptions = {}) {
  const lines: { readonly level: number; readonly msg: string; readonly [member: string]: unknown }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const config = await configure(t, { apps, tokens: both, ...options })
  const fastify = await buildFrom(t, config, { level: 'info', stream })
  const reload = async (changed: TestOptions) => {
    const next = await configure(t, { apps, tokens: both, ...options, stateDir: config.stateDir, ...changed })
    fastify.gateway.reload(() => next)
  }
  return { fastify, reload, lines }
}

/** The same with a file. */
async function gatewayFrom(t: Test) {
  const cwd = await temporaryFolder(t)
  const command = ['sh', '-c', 'echo READY; exec sleep 1000']
  const file = await configFile(cwd, { apps: { a: { command }, b: { command } } })
  const load = () => loadConfig({ flags: { 'state-dir': join(cwd, 'state') }, env: {}, cwd })
  const lines: { readonly level: number; readonly [member: string]: unknown }[] = []
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const fastify = await buildFrom(t, load(), { level: 'info', stream })
  const reloadText = async (change: (text: string) => string) => {
    await writeFile(file, change(await readFile(file, 'utf8')))
    fastify.gateway.reload(load)
  }
  return { fastify, reloadText, lines }
}

async function statusOf(fastify: FastifyInstance, { headers }: Holder, url = '/sessions'): Promise<number> {
  return (await fastify.inject({ url, headers })).statusCode
}

async function launch(fastify: FastifyInstance, { headers }: Holder = owner, appId = 'app'): Promise<number> {
  const payload = { appId }
  const sent = { ...headers, prefer: 'wait=60' }
  return (await fastify.inject({ method: 'POST', url: '/sessions', headers: sent, payload })).statusCode
}

t.test('tokens come and go with a reload, and running sessions stay', async t => {
  const { fastify, reload, lines } = await gateway(t)
  const newcomer = holder('newcomer')
  t.equal(await launch(fastify, leaver), 201)
  t.equal(await statusOf(fastify, newcomer), 401)
  await reload({ tokens: [owner.entry, newcomer.entry] })
  t.equal(await statusOf(fastify, newcomer), 200)
  t.equal(await statusOf(fastify, leaver), 401)
  const { items } = (await fastify.inject({ url: '/sessions', headers: owner.headers })).json()
  t.match(items, [{ id: 1, state: 'running' }])
  t.match(lines.at(-1), { msg: 'configuration reloaded', apps: 1, tokens: 2 })
})

t.test('apps come and go with a reload, and running sessions stay', async t => {
  const { fastify, reload } = await gateway(t)
  t.equal(await launch(fastify), 201)
  await reload({ apps: { other: { ...shell('echo two; echo READY; exec sleep 1000'), title: 'Other' } } })
  const { items } = (await fastify.inject({ url: '/apps', headers: owner.headers })).json()
  t.match(items, [{ id: 'other', title: 'Other' }])
  t.equal(await launch(fastify), 404)
  t.equal(await launch(fastify, owner, 'other'), 201)
  const session = (await fastify.inject({ url: '/sessions/1', headers: owner.headers })).json()
  t.match(session, { appId: 'app', state: 'running' })
})

t.test('the defaults of apps are loaded again with them, and the shutdown waits as long as any may take', async t => {
  const { fastify, reload } = await gateway(t, { defaults: { stopGraceMs: 7_000 } })
  t.equal(fastify.gateway.catalogue.launchable('app')?.run.stopGraceMs, 7_000)
  await reload({ defaults: { stopGraceMs: 3_000 } })
  t.equal(fastify.gateway.catalogue.launchable('app')?.run.stopGraceMs, 3_000)
  t.equal(fastify.gateway.catalogue.longestGraceMs, 7_000, 'sessions launched before have the grace of then')
  await reload({ defaults: { stopGraceMs: 9_000 } })
  t.equal(fastify.gateway.catalogue.longestGraceMs, 9_000)
  await reload({ defaults: { stopGraceMs: 3_000 }, apps: { app: { command: ['x'], speaks: true } } })
  t.equal(fastify.gateway.catalogue.longestGraceMs, 30_000, 'an app that speaks can ask for more')
})

t.test('a bad configuration is logged with every fault, and changes nothing', async t => {
  const { fastify, reload, lines } = await gateway(t)
  const faults = [
    { path: 'apps.app.command', detail: 'is missing' },
    { path: 'tokens.0.hash', detail: 'is missing' }
  ]
  fastify.gateway.reload(() => {
    throw new InvalidConfig('/etc/gateway.toml', faults)
  })
  t.match(lines.at(-1), { level: 50, faults, msg: /not reloaded.*gateway\.toml.*apps\.app\.command.*tokens\.0\.hash/s })
  for (const client of [owner, leaver]) t.equal(await statusOf(fastify, client), 200)
  t.equal(await launch(fastify), 201)
  await reload({ tokens: [owner.entry] })
  t.equal(await statusOf(fastify, leaver), 401, 'the next good one counts')
})

t.test('settings that need a restart are named, and do not count yet', async t => {
  const { fastify, reload, lines } = await gateway(t, { limits: { maxSessions: 1 } })
  t.equal(await launch(fastify), 201)
  await reload({ limits: { maxSessions: 5 }, server: { port: 1, allowedHosts: ['x'] }, tokens: [owner.entry] })
  t.match(lines.at(-1), { level: 40, settings: ['server.port', 'server.allowedHosts', 'limits.maxSessions'] })
  t.equal(await launch(fastify), 429)
  t.equal(await statusOf(fastify, leaver), 401, 'the rest counts')
  await reload({ limits: { maxSessions: 1 } })
  t.match(lines.at(-1), { msg: 'configuration reloaded' })
})

t.test('the last tokens of a gateway that others can reach are not taken away', async t => {
  const { fastify, reload, lines } = await gateway(t, { server: { host: '0.0.0.0' } })
  // By itself this is a good configuration, but the gateway listens where it did.
  await reload({ server: { host: '127.0.0.1' }, tokens: [] })
  t.match(lines.at(-1), { level: 50, faults: [{ path: 'server.host', detail: /0\.0\.0\.0 can be reached/ }] })
  t.equal((await fastify.inject('/sessions')).statusCode, 401)
  t.equal(await statusOf(fastify, owner), 200)
})

t.test('a reload gives no token more apps because its `apps` is missing', async t => {
  const narrow = holder('narrow', ['read'], ['app'])
  const { apps: _, ...withoutApps } = narrow.entry
  const { apps: __, ...newcomer } = holder('newcomer').entry
  const { fastify, reload, lines } = await gateway(t, { tokens: [owner.entry, narrow.entry] })
  await reload({ tokens: [owner.entry, withoutApps] })
  t.match(lines.at(-1), { level: 50, faults: [{ path: 'tokens.1.apps', detail: /is missing; in a reload/ }] })
  t.equal(await statusOf(fastify, narrow, '/apps/app'), 200)
  await reload({ tokens: [owner.entry, newcomer, narrow.entry] })
  t.match(lines.at(-1), { level: 50, faults: [{ path: 'tokens.1.apps' }] })
  await reload({ tokens: [owner.entry, { ...newcomer, apps: ['*'] }] })
  t.match(lines.at(-1), { level: 30, msg: 'configuration reloaded', removedTokens: ['narrow'] })
})

t.test('a token that had no `apps` when the gateway started needs none in a reload', async t => {
  const { apps: _, ...unlimited } = owner.entry
  const { fastify, reload, lines } = await gateway(t, { tokens: [unlimited] })
  await reload({ tokens: [unlimited], apps: { other: apps.app } })
  t.match(lines.at(-1), { level: 30, msg: 'configuration reloaded', removedApps: ['app'] })
  t.equal(await statusOf(fastify, owner, '/apps/other'), 200)
})

t.test('the end of a file can be removed on purpose: with a comment there it is not taken for cut off', async t => {
  const { fastify, reloadText, lines } = await gatewayFrom(t)
  await reloadText(text => text.slice(0, text.indexOf('[apps.b]')))
  t.match(lines.at(-1), { level: 50, faults: [{ path: '', detail: /the beginning of the file in force.*comment/ }] })
  await reloadText(text => `${text}# b is gone\n`)
  t.match(lines.at(-1), { level: 30, apps: 1, removedApps: ['b'] })
  await reloadText(text => `${text}[apps.b]\ncommand = ["x"]\n`)
  t.match(lines.at(-1), { level: 30, apps: 2 }, 'the text last accepted counts')
  t.equal((await fastify.inject('/apps')).json().items.length, 2)
})

const streams: Record<string, [Connect, object]> = {
  WebSocket: [openWebSocket, { code: 1008, reason: 'the token is not valid any more' }],
  SSE: [openSse, { code: 0, reason: 'ended' }],
  NDJSON: [openNdjson, { code: 0, reason: 'ended' }]
}

for (const [form, [connect, closing]] of Object.entries(streams)) {
  t.test(`${form}: the stream of a revoked token is closed, and no event comes after that`, async t => {
    const { fastify, reload } = await gateway(t)
    const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
    const [stays, leaves] = [await connect(t, url, owner.headers), await connect(t, url, leaver.headers)]
    for (const client of [stays, leaves]) await client.until(({ type }) => type === 'Snapshot')
    await reload({ tokens: [owner.entry] })
    t.equal(await launch(fastify), 201)
    t.match(await leaves.closed, closing)
    await stays.until(({ type }) => type === 'AppReady')
    t.same(leaves.events, [])
    if (form !== 'WebSocket') t.match(leaves.messages.at(-1), { type: 'Closed', code: 1008 })
    t.equal(
      Object.values(fastify.gateway.feed.clients).reduce((sum, count) => sum + count),
      1
    )
  })
}

t.test('a token that sees less than before has to come again', async t => {
  const { fastify, reload } = await gateway(t)
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const client = await openWebSocket(t, url, leaver.headers)
  await client.until(({ type }) => type === 'Snapshot')
  await reload({ tokens: [owner.entry, { ...leaver.entry, apps: ['other'] }] })
  t.match(await client.closed, { code: 1008 })
  t.equal(await launch(fastify), 201)
  const again = await openWebSocket(t, url, leaver.headers)
  t.match(await again.until(({ type }) => type === 'Snapshot'), { sessions: [] })
})

t.test('the first tokens close the streams of everybody', async t => {
  const { fastify, reload } = await gateway(t, { tokens: [] })
  const url = `${await fastify.listen({ port: 0, host: '127.0.0.1' })}/events`
  const client = await openWebSocket(t, url)
  await client.until(({ type }) => type === 'Snapshot')
  await reload({ tokens: both })
  t.match(await client.closed, { code: 1008 })
  await t.rejects(openWebSocket(t, url), { message: 'refused with 401' })
})

t.test('the log follow and the wait of a revoked token end, those of others go on', async t => {
  const { fastify, reload } = await gateway(t)
  t.equal(await launch(fastify), 201)
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const follow = async ({ headers }: Holder) => {
    const { response } = await open(t, `${url}/sessions/1/logs?follow=true`, { ...headers })
    let text = ''
    for await (const chunk of response) {
      text += chunk
      if (headers === owner.headers && text.includes('READY')) return text
    }
    return text
  }
  const wait = fetch(`${url}/sessions/1/wait?timeoutMs=120000`, { headers: leaver.headers })
  const brokenOff = t.rejects(follow(leaver), { code: 'ECONNRESET' })
  t.match(await follow(owner), 'READY')
  await reload({ tokens: [owner.entry] })
  await brokenOff
  t.match(await (await wait).json(), { state: 'running' })
})

t.test('a reload never goes from tokens to none', async t => {
  const { fastify, reload, lines } = await gateway(t)
  await reload({ tokens: [] })
  t.match(lines.at(-1), { level: 50, faults: [{ path: 'tokens' }] })
  t.equal((await fastify.inject('/sessions')).statusCode, 401)
  t.equal(await statusOf(fastify, owner), 200)
})

t.test('hosts that are allowed while nobody is asked for a token are warned of at the start', async t => {
  const { lines } = await gateway(t, { tokens: [], server: { allowedHosts: ['gateway.example'] } })
  const warning = lines.find(({ level }) => level === 40)
  t.match(warning, { path: 'server.allowedHosts', msg: /gateway\.example may do everything/ })
  const asked = await gateway(t, { server: { allowedHosts: ['gateway.example'] } })
  t.notOk(asked.lines.some(({ path }) => path === 'server.allowedHosts'))
})

const cutBefore = (text: string) => async (file: string) =>
  truncate(file, (await readFile(file, 'utf8')).lastIndexOf(text))

for (const [what, spoil] of [
  ['empty', (file: string) => truncate(file)],
  ['renamed', (file: string) => rename(file, `${file}.bak`)],
  ['written in part', async (file: string) => truncate(file, (await stat(file)).size - 3)],
  [
    'written up to the last byte of an entry',
    async (file: string) => truncate(file, (await readFile(file, 'utf8')).indexOf('[apps.b]') - 2)
  ],
  ['cut off before the apps of a token', cutBefore('apps = [ "*" ]')],
  ['cut off before an app', cutBefore('[apps.b]')],
  [
    'changed at its beginning and cut off before the apps of a token',
    async (file: string) => {
      const text = await readFile(file, 'utf8')
      await writeFile(file, `# of today\n${text.slice(0, text.lastIndexOf('apps = [ "*" ]'))}`)
    }
  ]
] as const) {
  t.test(`SIGHUP while the file is ${what} changes nothing, and says so`, async t => {
    const cwd = await temporaryFolder(t)
    const command = ['sh', '-c', 'echo READY; exec sleep 1000']
    // The tokens come last, so that their rights can be cut off.
    const file = await configFile(
      cwd,
      `${stringify({ apps: { a: { command }, b: { command } } })}\n${stringify({ tokens: both })}`
    )
    const gateway = new Command(t, ['--port', '0', '--state-dir', join(cwd, 'state')], { cwd })
    const url = await gateway.address()
    await spoil(file)
    gateway.child.kill('SIGHUP')
    while (!gateway.stderr.includes('configuration not reloaded')) await once(gateway.child.stderr as Readable, 'data')
    t.equal((await fetch(`${url}/apps`)).status, 401)
    for (const { headers } of [owner, leaver]) {
      const { items } = (await (await fetch(`${url}/apps`, { headers })).json()) as { items: unknown[] }
      t.equal(items.length, 2)
    }
  })
}
