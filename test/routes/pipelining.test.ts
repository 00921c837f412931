import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { maxPipelined } from '../../src/http/connections/connection.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { build, launch, shell, until } from '../helper.ts'
import { logLines } from '../log-lines.ts'
import { holder } from '../tokens.ts'

const reader = holder('reader', ['read'])

const requestFor = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`

/** Memory of a process that is resident, in MiB. */
function residentOf(pid: number): number {
  return Number(/VmRSS:\s+([0-9]+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024
}

/** Sends the same request many times, and reads none of the answers. Calls `onClose` when that is over. */
function flood(t: Test, port: number, requests: string, onClose: () => void): void {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.on('error', () => {}).pause()
  socket.write(requests)
  // Who does not read finds out by writing that the connection is closed.
  const writing = setInterval(() => socket.write('\r\n'), 50)
  socket.on('close', () => {
    clearInterval(writing)
    onClose()
  })
}

/** The most memory that `pid` has until `isOver`; above `limit` MiB the attack has succeeded, and is ended. */
async function peakUntil(isOver: () => boolean, pid: number, limit: number): Promise<number> {
  let peak = residentOf(pid)
  for (let round = 0; !isOver() && peak < limit && round < 2_000; round++) {
    await pause(20)
    peak = Math.max(peak, residentOf(pid))
  }
  return peak
}

const attacks = [
  { who: 'without a token', connections: 14, times: 5_000, path: '/docs/swagger-ui-bundle.js', headers: '' },
  {
    who: 'with read rights',
    connections: 2,
    times: 5_000,
    path: '/openapi.json',
    headers: `Authorization: ${reader.headers.authorization}\r\n`
  }
]

for (const { who, connections, times, path, headers } of attacks) {
  t.test(
    `${connections} x ${times} pipelined requests ${who} are cut off, cost little, and hold up nobody`,
    async t => {
      const gateway = await GatewayProcess.start(t, { apps: {}, tokens: [reader.entry] })
      const answers = async () => (await fetch(`${gateway.url}/sessions`, { headers: reader.headers })).status
      t.equal(await answers(), 200)
      let closed = 0
      const before = residentOf(gateway.pid)
      const requests = requestFor(path, headers).repeat(times)
      for (let index = 0; index < connections; index++) {
        flood(t, Number(new URL(gateway.url).port), requests, () => closed++)
      }
      const peak = await peakUntil(() => closed === connections, gateway.pid, 1_000)
      t.comment(`${Math.round(before)} MiB before, at most ${Math.round(peak)} MiB`)
      t.ok(peak < before + 400, 'memory is bounded')
      t.equal(closed, connections, 'every connection is closed')
      t.equal(await answers(), 200)
    }
  )
}

const apps = { app: shell('echo READY; exec sleep 1000') }

async function listening(t: Test) {
  const log = logLines()
  const fastify = await build(t, { apps, logger: log.logger })
  const port = Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port)
  /** The bodies of the answers to these requests, in order, read until the connection is closed. */
  const answersTo = async (...requests: string[]) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(requests.join(''))
    let text = ''
    for await (const chunk of socket) text += chunk
    return text
      .split(/(?=HTTP\/1\.1 )/)
      .map(answer => answer.slice(9, 12) + answer.slice(answer.indexOf('\r\n\r\n') + 4))
  }
  return { fastify, port, answersTo, log }
}

t.test('pipelined requests are served one after another, and answered in their order', async t => {
  const { fastify, answersTo } = await listening(t)
  const { id } = await launch(fastify, 'app')
  await until(fastify, id, 'ready')
  const answers = await answersTo(
    requestFor(`/sessions/${id}/wait?timeoutMs=300`),
    `DELETE /sessions/${id} HTTP/1.1\r\nHost: localhost\r\nPrefer: wait=60\r\n\r\n`,
    requestFor('/problems/internal'),
    requestFor(`/sessions/${id}`, 'Connection: close\r\n')
  )
  t.equal(answers.length, 4)
  t.match(JSON.parse(answers[0]?.slice(3) ?? ''), { id, state: 'running' }, 'nothing was done before the wait was over')
  t.match(answers[1], /^200.*"stopped"/s)
  t.match(answers[2], /^200Internal error/)
  t.match(answers[3], /^200.*"stopped"/s)
})

t.test('as many requests as may wait are all answered, and one more closes the connection', async t => {
  const { fastify, port, answersTo, log } = await listening(t)
  const some = Array.from({ length: maxPipelined }, () => requestFor('/livez'))
  const answers = await answersTo(...some, requestFor('/livez', 'Connection: close\r\n'))
  t.equal(answers.length, maxPipelined + 1)
  t.ok(answers.every(answer => answer.startsWith('200')))
  t.same(fastify.connectionsClosed.pipelining, 0)

  const socket = connect(port, '127.0.0.1')
    .on('error', () => {})
    .resume()
  socket.write([...some, requestFor('/livez'), requestFor('/livez')].join(''))
  await new Promise(resolve => socket.once('close', resolve))
  t.same(fastify.connectionsClosed.pipelining, 1)
  t.match(log.lines, new Set([{ level: 40, reason: 'pipelining', msg: 'connections are closed because of a limit' }]))
})

t.test('a request of somebody else comes between thousands that wait', async t => {
  const { fastify, port } = await listening(t)
  const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1').resume())
  const other = connect(port, '127.0.0.1')
  t.teardown(() => [...sockets, other].map(socket => socket.destroy()))
  while (fastify.connections.count < sockets.length + 1) await once(fastify.server, 'connection')
  let answered = 0
  fastify.server.on('request', (_request, response) => response.once('close', () => answered++))
  for (const socket of sockets) socket.write(requestFor('/sessions').repeat(maxPipelined))
  other.write(requestFor('/livez'))
  await once(other, 'data')
  t.ok(answered < (sockets.length * maxPipelined) / 4, `${answered} were answered before`)
})

t.test('every address of localhost has the same limit', async t => {
  const fastify = await build(t)
  await fastify.listen({ port: 0, host: 'localhost' })
  for (const { address, port } of fastify.addresses() as AddressInfo[]) {
    const socket = connect(port, address)
      .on('error', () => {})
      .resume()
    socket.write(requestFor('/livez').repeat(maxPipelined + 2))
    await new Promise(resolve => socket.once('close', resolve))
  }
  t.equal(fastify.connectionsClosed.pipelining, fastify.addresses().length)
})

t.test('an upgrade is not taken up before the answer to another request, and is an ordinary request then', async t => {
  const { fastify, answersTo } = await listening(t)
  const { id } = await launch(fastify, 'app')
  const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
  const answers = await answersTo(
    requestFor(`/sessions/${id}/wait?timeoutMs=100`),
    requestFor('/livez', ['Connection: Upgrade, close', ...upgrade, ''].join('\r\n'))
  )
  t.match(answers, [/^200.*"appId"/, /^200.*"ok"/])
})

t.test('a log line tells of the request that it is about, also where another one came before it', async t => {
  const { answersTo, log } = await listening(t)
  const launchNamed = (id: string) => {
    const body = '{"appId":"app"}'
    const head = `POST /sessions HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${id}\r\nContent-Type: application/json`
    return `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  }
  await answersTo(launchNamed('first'), launchNamed('second'), requestFor('/livez', 'Connection: close\r\n'))
  const launched = log.lines.filter(({ msg }) => /launched/i.test(msg))
  t.match(launched, [{ reqId: 'first' }, { reqId: 'second' }])
})
