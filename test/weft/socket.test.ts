import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import t from 'tap'
import { Float } from '../../src/gateway/weft/decode.ts'
import { framed } from '../../src/gateway/weft/frames.ts'
import { type Packable, pack, unpack } from '../../src/gateway/weft/message-pack.ts'
import { build, temporaryFolder } from '../helper.ts'
import { holder } from '../tokens.ts'
import { Page, SocketClient } from './clients.ts'
import { weftGateway } from './gateway.ts'
import { environment, install } from './store.ts'

t.test('each request has its reply, as arrays, from requests as arrays and as maps', async t => {
  const { socketPath, store, fastify } = await weftGateway(t, { apps: { 'demo.app': { command: ['sleep', '1000'] } } })
  await install(store, 'com.example.notes', { name: 'Notes', version: '0.2.0' })
  const client = await SocketClient.open(t, socketPath)
  const table: [Parameters<SocketClient['value']>[0], unknown][] = [
    [
      ['LAUNCH_APP', 'demo.app', 300],
      ['LAUNCH_ACK', 1, 'demo.app']
    ],
    [{ surface_id: 0, app_id: 'demo.app', more: 'x', type: 'LAUNCH_APP' }, ['LAUNCH_ACK', 2, 'demo.app']],
    [
      ['LAUNCH_APP', 'no.such.app', 0],
      ['LAUNCH_ACK', 3, 'no.such.app']
    ],
    [
      ['LAUNCH_APP', '../x', 0],
      ['ERROR', 2, '"../x" is not an app id.']
    ],
    [
      ['QUERY_RUNNING'],
      [
        'RUNNING_APPS',
        [
          [1, 'demo.app'],
          [2, 'demo.app']
        ]
      ]
    ],
    [
      ['QUERY_APP_STATE', 1],
      ['APP_STATE', 1, 'starting']
    ],
    [
      ['QUERY_APP_STATE', 3],
      ['APP_STATE', 3, 'stopped']
    ],
    [{ type: 'QUERY_APP_STATE', session_id: 9 }, ['APP_STATE', 9, 'not_found']],
    [
      ['TERMINATE_APP', 9],
      ['ERROR', 1, 'session 9 not found']
    ],
    [
      ['TERMINATE_APP', 1],
      ['APP_STATE', 1, 'stopped']
    ],
    [
      ['TERMINATE_APP', 1],
      ['APP_STATE', 1, 'stopped']
    ],
    [['QUERY_RUNNING'], ['RUNNING_APPS', [[2, 'demo.app']]]],
    [
      ['IPC_FORWARD', 9, 'text'],
      ['APP_STATE', 9, 'running']
    ],
    [
      { type: 'QUERY_INSTALLED_APPS' },
      [
        'INSTALLED_APPS',
        [
          ['com.example.notes', 'Notes', '0.2.0'],
          ['demo.app', 'demo.app', '']
        ]
      ]
    ]
  ]
  for (const [request, reply] of table) t.same(await client.value(request), reply, JSON.stringify(request))
  const gesture = await client.ask(['PANEL_GESTURE', 1, 3, 2, 0])
  t.match(gesture?.toString('hex'), /0103cb4000000000000000cb0000000000000000$/, 'floats are floats')
  t.match((await fastify.inject('/sessions/3')).json(), { stop: { reason: 'spawnFailed' } })
})

t.test('requests that come at once are answered in order', async t => {
  const { socketPath } = await weftGateway(t)
  const client = await SocketClient.open(t, socketPath)
  const ids = Array.from({ length: 500 }, (_, index) => index + 100)
  const replies = ids.map(() => client.next())
  for (const id of ids) client.socket.write(framed(pack(['QUERY_APP_STATE', id])))
  for (const [index, reply] of (await Promise.all(replies)).entries()) {
    t.same(unpack(reply as Buffer), ['APP_STATE', index + 100, 'not_found'])
  }
})

t.test('it pushes nothing, and what it does is told on WebSockets', async t => {
  const { socketPath, url } = await weftGateway(t)
  const [client, page] = [await SocketClient.open(t, socketPath), await Page.open(t, `${url}/appd`)]
  t.same(await client.value(['LAUNCH_APP', 'demo.app', 0]), ['LAUNCH_ACK', 1, 'demo.app'])
  await page.text('APP_READY')
  t.same(await client.value(['QUERY_APP_STATE', 1]), ['APP_STATE', 1, 'running'])
  await client.value(['TERMINATE_APP', 1])
  await page.text('"stopped"')
  t.equal(page.texts.length, 3)
})

t.test('D31: a frame that is no request closes its connection, and no other', async t => {
  const { socketPath } = await weftGateway(t)
  const other = await SocketClient.open(t, socketPath)
  const requests: Packable[] = [
    ['QUERY_APP_STATE', new Float(1)],
    ['QUERY_RUNNING', 1],
    ['HELLO'],
    ['LAUNCH_APP', 'a'],
    'x',
    7,
    []
  ]
  const bodies = [Buffer.of(), Buffer.of(0xc1), ...requests.map(pack)]
  const tooLong = Buffer.from('01001000', 'hex')
  for (const bytes of [tooLong, Buffer.from('ffffffff', 'hex'), ...bodies.map(framed)]) {
    const client = await SocketClient.open(t, socketPath)
    client.socket.write(bytes)
    t.equal(await client.next(), undefined, bytes.toString('hex'))
  }
  t.same(await other.value(['QUERY_RUNNING']), ['RUNNING_APPS', []])
})

t.test('a client that ends its side gets the replies to what it asked', async t => {
  const { socketPath } = await weftGateway(t)
  const client = await SocketClient.open(t, socketPath)
  client.socket.on('end', () => {})
  const reply = client.ask(['QUERY_RUNNING'])
  client.socket.end()
  t.same(unpack((await reply) as Buffer), ['RUNNING_APPS', []])
  t.equal(await client.next(), undefined)
})

t.test('D37: only its owner can use the socket, which goes with the gateway', async t => {
  const { socketPath, folder, fastify } = await weftGateway(t)
  t.equal(statSync(socketPath).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  await fastify.close()
  t.notOk(existsSync(socketPath))
})

t.test('D38: a socket of a process that was killed is replaced, and no other', async t => {
  const runtime = await temporaryFolder(t)
  environment(t, { XDG_RUNTIME_DIR: runtime, WEFT_APPD_SOCKET: undefined })
  const path = join(runtime, 'weft', 'appd.sock')
  mkdirSync(dirname(path), { mode: 0o700 })
  const server = createServer().listen(path)
  await once(server, 'listening')
  await t.rejects(build(t, { weft: { enabled: true } }), { message: `The socket ${path} is in use.` })
  await new Promise(resolve => server.close(resolve))
  writeFileSync(path, '')
  await t.rejects(build(t, { weft: { enabled: true } }), { message: `${path} exists and is not a socket.` })
})

t.test('D38: a socket that a killed process left behind is replaced', async t => {
  const runtime = await temporaryFolder(t)
  const path = join(runtime, 'own.sock')
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const process = spawn('node', ['-e', script])
  await once(process.stdout, 'data')
  process.kill('SIGKILL')
  await once(process, 'exit')
  t.ok(existsSync(path))
  environment(t, { XDG_RUNTIME_DIR: undefined, WEFT_APPD_SOCKET: path })
  await build(t, { weft: { enabled: true } })
  const client = await SocketClient.open(t, path)
  t.same(await client.value(['QUERY_RUNNING']), ['RUNNING_APPS', []])
})

t.test('with tokens and without weft.token nobody is served', async t => {
  const { socketPath } = await weftGateway(t, { tokens: [holder('ci').entry] })
  const client = await SocketClient.open(t, socketPath)
  t.equal(await client.next(), undefined)
})
