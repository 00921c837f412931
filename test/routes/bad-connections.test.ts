import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { clientOf } from '../clients.ts'
import { build, launch, shell } from '../helper.ts'
import { logLines } from '../log-lines.ts'

const apps = { app: shell('echo READY; exec sleep 1000') }

async function listening(t: Test) {
  const log = logLines()
  const fastify = await build(t, { apps, logger: log.logger })
  const port = Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port)
  /** All that is answered to these bytes. */
  const send = async (text: string) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', chunk => {
      answer += chunk
    })
    socket.write(text)
    await once(socket, 'close')
    return answer
  }
  return { fastify, port, send, log }
}

/** Below the protocol. */
const connectionOf = (socket: WebSocket) => (socket as unknown as { readonly _socket: Socket })._socket

t.test('what is no HTTP is answered with a problem', async t => {
  const { send, log } = await listening(t)
  for (const bytes of [
    'GARBAGE\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n',
    `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}`
  ]) {
    const answer = await send(bytes)
    t.match(answer, /^HTTP\/1\.1 400 .*\r\nContent-Type: application\/problem\+json\r\n/s)
    t.match(JSON.parse(answer.split('\r\n\r\n')[1] ?? ''), { code: 'invalid-request', status: 400 })
  }
  t.match(await send('GET /livez HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 421 .*host-not-allowed/s)
  t.same(log.faults(), [])
})

t.test('an offer of HTTP/2 is not taken up, and the request answered', async t => {
  const { send } = await listening(t)
  const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk'
  t.match(await send(`GET /livez HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n\r\n`), /^HTTP\/1\.1 200 OK.*"ok"/s)
})

t.test('a body that never ends is cut off at 64 KiB', async t => {
  const { fastify, send } = await listening(t)
  const head = 'POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close'
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  t.match(
    await send(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`),
    /^HTTP\/1\.1 413 .*payload-too-large/s
  )
  t.match(await send(`${head}\r\nContent-Length: 99999999999\r\n\r\n`), /^HTTP\/1\.1 413 .*payload-too-large/s)
  t.same((await fastify.inject('/sessions')).json().items, [])
})

t.test('a client that goes on to send a body that was refused gets the answer, and no reset', async t => {
  const { port } = await listening(t)
  const body = 'x'.repeat(200_000)
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(`POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`)
  socket.write(`Content-Length: ${body.length}\r\n\r\n`)
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  await once(socket, 'end')
  t.match(answer, /^HTTP\/1\.1 413 .*payload-too-large/s)
  for (let sent = 0; sent < body.length; sent += 50_000) {
    socket.write(body.slice(sent, sent + 50_000))
    await new Promise(setImmediate)
  }
  socket.end()
  await once(socket, 'close')
})

const upgrade =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='

t.test('an upgrade with a bad query or cursor, or of another call, launches nothing and follows nothing', async t => {
  const { fastify, port, send, log } = await listening(t)
  const bad = await send(`GET /events?since=x HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n\r\n`)
  t.match(bad, /^HTTP\/1\.1 400 .*application\/problem\+json.*invalid-request/s)
  const body = '{"appId":"app"}'
  const post = `POST /sessions HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\nContent-Type: application/json`
  await send(`${post}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  const headers = { 'last-event-id': 'x' }
  const cut = clientOf(new WebSocket(`ws://127.0.0.1:${port}/events`, { headers }))
  await cut.closed
  t.same(cut.messages, [])
  const elsewhere = clientOf(new WebSocket(`ws://127.0.0.1:${port}/livez`))
  await elsewhere.closed
  t.same(elsewhere.messages, [])
  t.same((await fastify.inject('/sessions')).json().items, [])
  t.same(log.faults(), [])
})

t.test('the connection of a refused upgrade is closed', async t => {
  const { send } = await listening(t)
  const refusals = { evil: /^HTTP\/1\.1 421 /, 'localhost\r\nOrigin: http://evil.example': /^HTTP\/1\.1 403 / }
  for (const [host, answer] of Object.entries(refusals)) {
    t.match(await send(`GET /events HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n\r\n`), answer)
  }
  t.match(await send(`GET /nowhere HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\n\r\n`), /^HTTP\/1\.1 404 /)
})

t.test(
  'D30 D34 D35: what a WebSocket client says is ignored or closes its own connection, and nobody else’s',
  async t => {
    const { fastify, port, log } = await listening(t)
    const open = async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/events`)
      t.teardown(() => socket.terminate())
      const client = clientOf(socket)
      await client.until(({ type }) => type === 'Snapshot')
      return { socket, client }
    }
    const witness = await open()
    const talkative = await open()
    talkative.socket.send('hello')
    talkative.socket.send(Buffer.from([0, 1, 2, 255]))
    talkative.socket.send('{"type":"LAUNCH_APP"')
    const huge = await open()
    huge.socket.send('x'.repeat(1_000_000))
    t.match(await huge.client.closed, { code: /1009|1006/ })
    const raw = await open()
    // A frame that says it is 2 ** 62 bytes long.
    connectionOf(raw.socket).write(Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]))
    await raw.client.closed
    const broken = await open()
    connectionOf(broken.socket).write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    await broken.client.closed

    await launch(fastify, 'app')
    await talkative.client.until(({ type }) => type === 'AppReady')
    await witness.client.until(({ type }) => type === 'AppReady')
    t.same(witness.client.types, ['Hello', 'Snapshot', 'Launched', 'AppReady'])
    t.same(log.faults(), [])
  }
)
