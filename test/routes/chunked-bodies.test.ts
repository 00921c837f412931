import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { queryObjects } from 'node:v8'
import t, { type Test } from 'tap'
import { build, shell } from '../helper.ts'

const apps = { steady: shell('echo READY; exec sleep 600') }

const head = (line: string) =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`

/** Each byte is a chunk. */
const chunks = (text: string) => Array.from(text, byte => `1\r\n${byte}\r\n`).join('')

async function serve(t: Test) {
  const fastify = await build(t, { apps })
  const port = Number(new URL(await fastify.listen({ port: 0, host: '127.0.0.1' })).port)
  /** Sends a text, and resolves with the client when the gateway has read all of it. */
  const send = async (text: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    t.teardown(() => socket.destroy())
    const [connection] = (await once(fastify.server, 'connection')) as [Socket]
    socket.write(text)
    while (connection.bytesRead < text.length) await nextTurn()
    return socket
  }
  return { fastify, send }
}

const objects = () => queryObjects(Uint8Array, { format: 'count' })

t.test('chunks of one byte cost no object each: in a body, in that of a GET, and while the request waits', async t => {
  const { fastify, send } = await serve(t)
  await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId: 'steady' } })
  const blanks = chunks(' '.repeat(30_000))
  const waiting = 'GET /sessions/1/wait?for=stopped&timeoutMs=120000'
  const before = objects()
  await send(head('POST /sessions') + blanks)
  await send(head(waiting) + blanks)
  await send(`${waiting} HTTP/1.1\r\nHost: localhost\r\n\r\n${head('POST /sessions')}${blanks}`)
  const more = objects() - before
  t.ok(more < 5_000, `${more} more`)
})

t.test('a body of small chunks is read like any other, and one that is too large is refused', async t => {
  const { send } = await serve(t)
  const answerTo = async (text: string) => String((await once(await send(text), 'data'))[0])
  t.match(
    await answerTo(`${head('POST /sessions')}${chunks('{"appId":"steady"}')}0\r\n\r\n`),
    /^HTTP\/1\.1 201 .*"id":1/s
  )
  t.match(await answerTo(`${head('POST /sessions')}0\r\n\r\n`), /^HTTP\/1\.1 400 /)
  t.match(await answerTo(`${head('POST /sessions')}${chunks(' '.repeat(65_537))}`), /^HTTP\/1\.1 413 /)
})
