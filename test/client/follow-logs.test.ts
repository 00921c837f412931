import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type ConnectionStatus, GatewayClient, type LogLine } from '../../clients/typescript/src/client.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { build, shell, temporaryFolder } from '../helper.ts'

const backoff = { firstDelayMs: 20, maxDelayMs: 200 }

/** Counts until the file is there. */
const counter = (flag: string) =>
  shell(`echo READY; i=0; while [ ! -e ${flag} ]; do echo $i; i=$((i+1)); sleep 0.02; done; echo last`)

t.test('a followed log goes on over kills and restarts of the gateway: no line is lost or comes twice', async t => {
  const flag = join(await temporaryFolder(t), 'end')
  const gateway = await GatewayProcess.start(t, { apps: { counter: counter(flag) }, server: { onStop: 'keep' } })
  const client = new GatewayClient({
    // The address of a gateway that starts again is another one here.
    fetch: (url, init) => fetch(String(url).replace(/^http:..[^/]+/, gateway.url), init)
  })
  const { id } = await client.launch({ appId: 'counter' }, { waitMs: 60_000 })
  const seen: LogLine[] = []
  const states: string[] = []
  let more = () => {}
  const following = (async () => {
    const onStatus = ({ state }: ConnectionStatus) => states.push(state)
    for await (const line of client.followLogs(id, { after: 0, backoff, onStatus })) {
      seen.push(line)
      more()
    }
  })()
  const untilMore = () =>
    new Promise<void>(resolve => {
      more = resolve
    })
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
    await untilMore()
    await gateway.signal(signal)
    await gateway.start()
  }
  await untilMore()
  await writeFile(flag, '')
  await following
  t.same(
    seen.map(({ line }) => line),
    ['READY', ...Array.from({ length: seen.length - 2 }, (_, n) => String(n)), 'last']
  )
  t.ok(states.filter(state => state === 'live').length >= 4)
  t.equal(states.at(-1), 'live')
})

t.test('a follow that has got no line yet misses none of those that are written while there is no gateway', async t => {
  const folder = await temporaryFolder(t)
  const [begin, flag] = [join(folder, 'begin'), join(folder, 'end')]
  const script = `echo READY; while [ ! -e ${begin} ]; do sleep 0.02; done; echo between; while [ ! -e ${flag} ]; do sleep 0.02; done`
  const gateway = await GatewayProcess.start(t, { apps: { quiet: shell(script) } })
  const client = new GatewayClient({
    fetch: (url, init) => fetch(String(url).replace(/^http:..[^/]+/, gateway.url), init)
  })
  const { id } = await client.launch({ appId: 'quiet' }, { waitMs: 60_000 })
  const live = Promise.withResolvers<void>()
  const onStatus = ({ state }: ConnectionStatus) => state === 'live' && live.resolve()
  const lines = client.followLogs(id, { tail: 0, backoff, onStatus })
  const first = lines.next()
  await live.promise
  await gateway.signal('SIGKILL')
  await writeFile(begin, '')
  await gateway.start()
  t.match(await first, { value: { line: 'between' } })
  await writeFile(flag, '')
  t.match(await lines.next(), { done: true })
})

t.test('a session that is unknown ends a follow with the problem', async t => {
  const fastify = await build(t)
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  await t.rejects(client.followLogs(99).next(), { code: 'session-not-found' })
})

t.test('a follow of a stopped session ends after its lines, and one that resumes at its end has none', async t => {
  const fastify = await build(t, { apps: { one: shell('echo READY; echo line') } })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const { id } = await client.launch({ appId: 'one' })
  await client.waitUntilStopped(id)
  const read = async (options: object) => {
    const lines: string[] = []
    for await (const { line } of client.followLogs(id, options)) lines.push(line)
    return lines
  }
  t.same(await read({}), ['READY', 'line'])
  t.same(await read({ tail: 1 }), ['line'])
  t.same(await read({ after: 2 }), [])
  const { items, firstSeq, lastSeq } = await client.logLines(id, { text: 'lin' })
  t.match({ lines: items.map(({ line }) => line), firstSeq, lastSeq }, { lines: ['line'], firstSeq: 1, lastSeq: 2 })
})

/** Calls a gateway that does not know `heartbeatMs` yet. */
const fetchOfBefore: typeof fetch = async (url, init) => {
  if (!String(url).includes('heartbeatMs')) return await fetch(url, init)
  const problem = { code: 'invalid-request', status: 400, title: 'Invalid request', detail: 'heartbeatMs is not known' }
  return new Response(JSON.stringify(problem), { status: 400, headers: { 'content-type': 'application/problem+json' } })
}

t.test('a gateway that does not know heartbeatMs is followed, unless heartbeats are asked for', async t => {
  const fastify = await build(t, { apps: { one: shell('echo READY; echo line') } })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }), fetch: fetchOfBefore })
  const { id } = await client.launch({ appId: 'one' })
  await client.waitUntilStopped(id)
  t.match(await client.followLogs(id, { tail: 1 }).next(), { value: { line: 'line' } })
  await t.rejects(client.followLogs(id, { heartbeatMs: 1_000 }).next(), { code: 'invalid-request' })
})

t.test('return ends a follow that waits for a line', async t => {
  const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 60') } })
  const client = new GatewayClient({ baseUrl: await fastify.listen({ port: 0 }) })
  const { id } = await client.launch({ appId: 'steady' }, { waitMs: 60_000 })
  const lines = client.followLogs(id)
  t.match(await lines.next(), { value: { line: 'READY' } })
  const pending = lines.next()
  await lines.return()
  t.same(await pending, { done: true, value: undefined })
  t.same(lines.status, { state: 'closed' })
})

/** A proxy that passes on nothing more of the first followed log once it has brought a line, and says nothing. */
async function mutingProxy(t: Test, target: string): Promise<string> {
  const sockets = new Set<Socket>()
  let isMuted = false
  const server = createServer(client => {
    const gateway = connect(Number(new URL(target).port), '127.0.0.1')
    for (const socket of [client, gateway]) sockets.add(socket.on('error', () => {}))
    client.pipe(gateway)
    client.on('close', () => gateway.destroy())
    gateway.on('close', () => client.destroy())
    let isMute = false
    gateway.on('data', (bytes: Buffer) => {
      if (isMute) return
      client.write(bytes)
      isMute = !isMuted && bytes.includes('event: line')
      isMuted ||= isMute
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('a connection that has gone silent is replaced: heartbeats are missed, and no line is', async t => {
  const flag = join(await temporaryFolder(t), 'end')
  const fastify = await build(t, { apps: { counter: counter(flag) } })
  const client = new GatewayClient({ baseUrl: await mutingProxy(t, await fastify.listen({ port: 0 })) })
  const { id } = await client.launch({ appId: 'counter' }, { waitMs: 60_000 })
  const reasons: unknown[] = []
  const onStatus = (status: ConnectionStatus) => status.state === 'waiting' && reasons.push(status.reason)
  const seen: string[] = []
  for await (const { line } of client.followLogs(id, { after: 0, heartbeatMs: 200, backoff, onStatus })) {
    seen.push(line)
    if (reasons.length > 0) await writeFile(flag, '')
  }
  t.match(reasons[0], { name: 'TimeoutError', afterMs: 600 })
  t.same(seen, ['READY', ...Array.from({ length: seen.length - 2 }, (_, n) => String(n)), 'last'])
})
