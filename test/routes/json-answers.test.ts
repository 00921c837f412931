import { once } from 'node:events'
import { connect } from 'node:net'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { build, launch, shell } from '../helper.ts'

const json = { accept: 'application/json' }

t.test('every JSON answer ends with a newline, and content-length counts it', async t => {
  const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 600'), crash: shell('exit 3') } })
  const { id } = await launch(fastify, 'steady')
  const requests = [
    ...['/sessions', `/sessions/${id}`, `/sessions/${id}/wait?for=ready`, '/apps', '/apps/steady', '/livez', '/readyz'],
    ...['/openapi.json', '/events', '/docs/openapi.json'],
    ...['/sessions/1000', '/nowhere', '/sessions?nonsense=1', '/sessions/x']
  ]
  for (const url of requests) {
    const { body, headers, rawPayload } = await fastify.inject({ url, headers: json })
    t.match(headers['content-type'], /^application\/(problem\+)?json/, url)
    t.match(body, /^\{.*\}\n$/s, `${url}: ${body.slice(-50)}`)
    t.equal(Number(headers['content-length']), rawPayload.length, url)
    const head = await fastify.inject({ method: 'HEAD', url, headers: json })
    t.equal(head.headers['content-length'], headers['content-length'], `HEAD ${url}`)
  }
  for (const appId of ['steady', 'crash', 'nobody']) {
    const answer = await fastify.inject({
      method: 'POST',
      url: '/sessions',
      headers: { prefer: 'wait=60', 'idempotency-key': appId },
      payload: { appId }
    })
    t.match(answer.body, /^\{.*\}\n$/, `POST ${appId}`)
    t.equal(Number(answer.headers['content-length']), answer.rawPayload.length, `POST ${appId}`)
  }
  const again = { method: 'POST', url: '/sessions', headers: { 'idempotency-key': 'steady' } } as const
  t.match((await fastify.inject({ ...again, payload: { appId: 'steady' } })).body, /^\{.*\}\n$/, 'a repeated launch')
  t.match((await fastify.inject({ method: 'DELETE', url: `/sessions/${id}` })).body, /^\{.*\}\n$/, 'DELETE')
})

t.test('an ETag holds for the answer with its newline, packed or not', async t => {
  const fastify = await build(t)
  const plain = await fastify.inject('/openapi.json')
  const packed = await fastify.inject({ url: '/openapi.json', headers: { 'accept-encoding': 'gzip' } })
  t.equal(gunzipSync(packed.rawPayload).toString(), plain.body)
  t.equal(packed.headers.etag, plain.headers.etag)
  const ifNoneMatch = { 'if-none-match': String(plain.headers.etag) }
  t.match(await fastify.inject({ url: '/openapi.json', headers: ifNoneMatch }), { statusCode: 304, body: '' })
})

t.test('so does the answer to what is no HTTP', async t => {
  const fastify = await build(t)
  const { port } = new URL(await fastify.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  socket.end('nonsense\r\n\r\n')
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  await once(socket, 'close')
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  t.match(body, /^\{.*\}\n$/)
  t.match(head, `Content-Length: ${Buffer.byteLength(body)}`)
})
