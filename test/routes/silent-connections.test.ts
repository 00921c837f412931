import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { build } from '../helper.ts'

async function connectTo(t: Test, url: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

t.test('connections on which no request has come do not hold up the end of the gateway', async t => {
  const fastify = await build(t)
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const silent = await connectTo(t, url)
  const halfway = await connectTo(t, url)
  halfway.write('GET /livez HTTP/1.1\r\nhost: 127')
  t.equal((await fetch(`${url}/livez`)).status, 200)
  silent.resume()
  halfway.resume()
  const startedAt = Date.now()
  await fastify.close()
  t.ok(Date.now() - startedAt < 10_000, 'it would be a minute')
})
