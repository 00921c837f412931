import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type * as Client from '../../clients/typescript/src/client.ts'
import { bundleClient } from '../../scripts/build/client.ts'
import { build, shell, temporaryFolder } from '../helper.ts'
import { holder } from '../tokens.ts'
import { launchChromium, skip } from './chromium.ts'

declare const gateway: Client.GatewayClient
declare const client: typeof Client

const apps = {
  steady: shell('echo READY; exec sleep 600'),
  crash: shell('echo sorry >&2; exit 3')
}

t.test('the built client in Chromium, on a page of an allowed origin', skip, async t => {
  const origin = await serveClient(t)
  const { entry, token } = holder('owner')
  const fastify = await build(t, { apps, tokens: [entry], server: { allowedOrigins: [origin] } })
  const baseUrl = await fastify.listen({ host: '127.0.0.1', port: 0 })
  const page = await (await launchChromium(t)).newPage()
  page.setDefaultTimeout(120_000)
  await page.goto(origin)
  await page.evaluate(`import('/client.js').then(client => {
    globalThis.client = client
    globalThis.gateway = new client.GatewayClient(${JSON.stringify({ baseUrl, token })})
  })`)

  t.test('launches, waits, reads and stops', async t => {
    t.match(await page.evaluate(launchAndStop), {
      launched: { status: 201, location: '/sessions/1', hasRequestId: true, state: 'starting' },
      ready: 'running',
      listed: [1],
      lines: ['READY'],
      stopped: 'terminated'
    })
  })

  for (const transport of ['sse', 'websocket'] as const) {
    t.test(`follows events over ${transport}, and a log, until the session is stopped`, async t => {
      t.same(await page.evaluate(follow, transport), {
        types: ['Launched', 'AppReady', 'Stopping', 'Stopped'],
        lines: ['READY'],
        states: ['connecting', 'live', 'closed']
      })
    })
  }

  t.test('has errors of the same classes', async t => {
    t.same(await page.evaluate(failures), [
      'LaunchFailed sorry',
      'GatewayProblem session-not-found true',
      'ConnectionError'
    ])
  })
})

async function launchAndStop() {
  const { data, response, requestId } = await gateway.launch({ appId: 'steady' }).withResponse()
  const launched = {
    status: response.status,
    location: response.headers.get('location'),
    hasRequestId: requestId !== undefined,
    state: data.state
  }
  const ready = (await gateway.waitUntilReady(data.id)).state
  const listed = []
  for await (const { id } of gateway.sessions({ states: ['running'] })) listed.push(id)
  const lines = (await gateway.logs(data.id)).map(({ line }) => line)
  const stopped = (await gateway.stop(data.id, { waitMs: 60_000 })).stop?.reason
  return { launched, ready, listed, lines, stopped }
}

async function follow(transport: 'sse' | 'websocket') {
  const { eventCursor } = await gateway.list()
  const session = await gateway.run({ appId: 'steady' })
  const states: string[] = []
  const types: string[] = []
  const events = session.events({ since: eventCursor, transport, onStatus: ({ state }) => void states.push(state) })
  for await (const { type } of events) {
    types.push(type)
    if (type === 'AppReady') await session.stop()
    if (type === 'Stopped') break
  }
  states.push(events.status.state)
  const lines = []
  for await (const { line } of session.followLogs()) lines.push(line)
  return { types, lines, states }
}

async function failures() {
  const told = (call: Promise<unknown>) => call.then(String, (error: unknown) => error)
  const launch = await told(gateway.run({ appId: 'crash' }))
  const read = await told(gateway.get(999))
  const connect = await told(new client.GatewayClient({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 }).list())
  return [
    launch instanceof client.LaunchFailed && `${launch.name} ${launch.logTail}`,
    read instanceof client.GatewayProblem && `${read.name} ${read.code} ${read.requestId !== undefined}`,
    connect instanceof client.ConnectionError && connect.name
  ]
}

/** A page that can import the client, with an origin of its own. */
async function serveClient(t: Test): Promise<string> {
  const folder = await temporaryFolder(t)
  await bundleClient(folder)
  const script = await readFile(join(folder, 'client.js'))
  const server = createServer(({ url }, response) => {
    const isScript = url === '/client.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>page</title>')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
