import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { build } from '../helper.ts'
import { holder } from '../tokens.ts'

interface Call {
  readonly headers?: readonly string[]
  readonly body?: string
}

/** The whole answer to a request, after which the gateway closes the connection. */
async function ask(url: string, line: string, { headers = ['Connection: close'], body = '' }: Call = {}) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = [`${line} HTTP/1.1`, `Host: ${hostname}`, ...headers].join('\r\n')
  socket.write(`${head}\r\n\r\n${body}`)
  return await text(socket)
}

async function start(t: Test, options?: Parameters<typeof build>[1]): Promise<string> {
  return await (await build(t, options)).listen({ port: 0, host: '127.0.0.1' })
}

const withBody = {
  headers: ['Connection: close', 'Content-Type: application/json', 'Content-Length: 2'],
  body: '{}'
}

for (const method of ['QUERY', 'PROPFIND', 'PUT', 'TRACE', 'BREW', 'X-OWN']) {
  t.test(`${method} gets 405 with Allow where there is something, and 404 elsewhere`, async t => {
    const url = await start(t)
    for (const call of [{}, withBody]) {
      const refused = await ask(url, `${method} /sessions?limit=1`, call)
      t.match(refused, /^HTTP\/1\.1 405 .*\r\nAllow: GET, HEAD, OPTIONS, POST\r\n.*"code":"method-not-allowed"/is)
      t.match(await ask(url, `${method} /nowhere`, call), /^HTTP\/1\.1 404 .*"code":"not-found"/s)
    }
  })
}

t.test('every answer has an X-Request-Id, also those to what Node cannot parse', async t => {
  const url = await start(t)
  const ids = new Set<string>()
  const lines = ['GET /livez', 'QUERY /sessions', 'BREW /sessions', 'BREW /nowhere', 'B(R /sessions', 'BREW']
  for (const line of lines) {
    const [, id] = /^x-request-id: ([0-9a-f-]{36})\r$/im.exec(await ask(url, line)) ?? []
    t.ok(id, line)
    ids.add(String(id))
  }
  t.equal(ids.size, lines.length)
})

t.test('what is no method at all, or no request, gets 400', async t => {
  const url = await start(t)
  for (const line of ['B(R /sessions', 'BREW', '\u0016\u0003\u0001 /sessions']) {
    t.match(await ask(url, line), /^HTTP\/1\.1 400 .*"code":"invalid-request"/s, JSON.stringify(line))
  }
})

const upgrade = [
  ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
]

t.test('a WebSocket at a path that has none is refused, and not opened', async t => {
  const url = await start(t)
  for (const path of ['/', '/sessions', '/events/history', '/docs/', '/livez', '/openapi.json']) {
    const answer = await ask(url, `GET ${path}`, { headers: upgrade })
    t.match(answer, /^HTTP\/1\.1 400 .*"pointer":"\/headers\/upgrade"/s, path)
  }
  t.match(await ask(url, 'GET /nowhere', { headers: upgrade }), /^HTTP\/1\.1 404 /)
  t.match(await ask(url, 'GET /sessions/1', { headers: upgrade }), /^HTTP\/1\.1 400 /)
})

t.test('with tokens, it is refused like any other request without one', async t => {
  const url = await start(t, { tokens: [holder('owner').entry] })
  t.match(await ask(url, 'GET /sessions', { headers: upgrade }), /^HTTP\/1\.1 401 /)
})
