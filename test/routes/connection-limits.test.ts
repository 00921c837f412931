import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { Connection } from '../../src/http/connections/connection.ts'
import { PacedQueue } from '../../src/http/connections/paced-queue.ts'
import { maxUnreadBytes, UnreadAnswers } from '../../src/http/connections/unread-answers.ts'
import { build, type TestOptions } from '../helper.ts'

async function listening(t: Test, server: TestOptions['server'] = {}) {
  const fastify = await build(t, { server })
  const port = Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port)
  return { fastify, port }
}

/** A client that never closes its half and, paused, never reads. */
function client(t: Test, port: number, bytes = ''): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  socket.on('error', () => {})
  if (bytes) socket.write(bytes)
  return socket
}

/** Resolves when the gateway has closed as many connections. */
function closedBy(fastify: FastifyInstance, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let closed = 0
  fastify.server.on('connection', socket => socket.once('close', () => ++closed === count && resolve()))
  return promise
}

t.test('malformed, slow, silent and half-closed connections are closed, whatever the client does', async t => {
  const { fastify, port } = await listening(t)
  fastify.server.headersTimeout = 200
  fastify.server.requestTimeout = 400
  const request = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n'
  const kinds = {
    malformed: 'GARBAGE\r\n\r\n',
    'malformed after a request': `${request}\r\nGARBAGE\r\n\r\n`,
    'slow to send its headers': request,
    'slow to send its body':
      'POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
    silent: ''
  }
  const each = 40
  const allClosed = closedBy(fastify, each * 2 * Object.keys(kinds).length)
  for (const bytes of Object.values(kinds)) {
    for (let index = 0; index < each; index++) {
      client(t, port, bytes)
      client(t, port, bytes).end()
    }
  }
  await allClosed
  t.equal(fastify.connections.count, 0)
})

t.test('a request that does not arrive in time is answered 400, and the connection closed', async t => {
  const { fastify, port } = await listening(t)
  fastify.server.headersTimeout = 200
  fastify.server.requestTimeout = 400
  const head =
    'POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n'
  for (const bytes of ['GET /livez HTTP/1.1\r\nHost: ', `${head}{`]) {
    let answer = ''
    for await (const chunk of client(t, port, bytes)) answer += chunk
    t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/, bytes)
  }
})

t.test('the answer to what is malformed is never taken for the answer to the request before it', async t => {
  const { port } = await listening(t)
  let answers = ''
  const socket = client(t, port, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGARBAGE\r\n\r\n')
  socket.on('data', chunk => {
    answers += chunk
  })
  await once(socket, 'end')
  t.notMatch(answers, /^HTTP\/1\.1 400/)
})

t.test('beyond server.maxConnections new connections are closed, and those that are open are not', async t => {
  const { fastify, port } = await listening(t, { maxConnections: 3 })
  const open = [client(t, port), client(t, port), client(t, port)]
  await Promise.all(open.map(socket => once(socket, 'connect')))
  while (fastify.connections.count < 3) await once(fastify.server, 'connection')
  const refused = client(t, port).resume()
  await once(refused, 'end')
  t.same(fastify.connectionsClosed, {
    maxConnections: 1,
    maxConnectionsPerAddress: 0,
    pipelining: 0,
    unread: 0,
    stalled: 0
  })
  for (const socket of open) {
    socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
    t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 200 /)
  }
  open[0]?.destroy()
  while (fastify.connections.count > 2) await new Promise(setImmediate)
  const next = client(t, port, 'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
  t.match(String((await once(next, 'data'))[0]), /^HTTP\/1\.1 200 /, 'there is room again')
})

/** A socket as if from this address: tests talk to loopback only. */
function socketFrom(t: Test, remoteAddress: string): Socket {
  const socket = new Socket()
  t.teardown(() => socket.destroy())
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress })
  return socket
}

t.test(
  'server.maxConnectionsPerAddress counts each address by itself, of IPv6 the network, and nobody of this machine',
  async t => {
    const { fastify } = await listening(t, { maxConnectionsPerAddress: 2 })
    const isTaken = (address: string) => {
      const socket = socketFrom(t, address)
      fastify.server.emit('connection', socket)
      return !socket.destroyed
    }
    const taken = (...addresses: string[]) => addresses.map(isTaken)
    t.same(taken('192.0.2.1', '192.0.2.1', '::ffff:192.0.2.1', '192.0.2.2'), [true, true, false, true])
    t.same(taken('2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1'), [true, true, false, true])
    t.same(taken('127.0.0.1', '127.0.0.1', '127.0.0.1', '::1', '::1', '::1'), Array(6).fill(true))
    t.same(taken('::ffff:127.0.0.1', '::ffff:127.0.0.1', '::ffff:127.0.0.1'), Array(3).fill(true))
    t.equal(fastify.connectionsClosed.maxConnectionsPerAddress, 2)
  }
)

t.test('0 is no limit', async t => {
  const { fastify } = await listening(t, { maxConnections: 0, maxConnectionsPerAddress: 0 })
  for (let index = 0; index < 20; index++) fastify.server.emit('connection', socketFrom(t, '192.0.2.1'))
  t.equal(fastify.connections.count, 20)
})

t.test('beyond what may be unread in all, the connection whose answer has waited longest is closed', async t => {
  const [first, second, third] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(
    address => new Connection(socketFrom(t, address), new PacedQueue())
  ) as [Connection, Connection, Connection]
  const givenUp: Connection[] = []
  const answers = new UnreadAnswers(connection => givenUp.push(connection))
  answers.add(first, maxUnreadBytes / 2)
  answers.add(second, maxUnreadBytes / 2)
  t.same(givenUp, [], 'that is just allowed')
  answers.delete(first)
  answers.add(third, maxUnreadBytes / 2)
  answers.add(first, 1)
  t.equal(givenUp.length, 1)
  t.equal(givenUp[0], second, 'the first has been read meanwhile')
})

t.test('an answer that is ready must be read on within a minute', async t => {
  const { fastify, port } = await listening(t)
  const accepted = once(fastify.server, 'connection')
  const socket = client(t, port)
  const [end] = (await accepted) as [Socket]
  // As if the buffers of the system were full.
  Object.defineProperty(end, 'writableLength', { value: 1 })
  const timeouts: (number | undefined)[] = []
  end.setTimeout = ms => {
    timeouts.push(ms)
    return end
  }
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(socket, 'data')
  t.ok(timeouts.includes(60_000))
})
