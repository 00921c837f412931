import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { build, launch, shell, stop, until } from '../helper.ts'
import { peakMemoryKib } from '../supervisor/watch.ts'

const watchers = () => process.getActiveResourcesInfo().filter(name => name === 'FSEventWrap').length

function send(t: Test, url: string, path: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\naccept: application/x-ndjson\r\n\r\n`)
  t.teardown(() => socket.destroy())
  return socket
}

t.test('500 log requests whose clients leave at once leave neither a watcher nor a listener', async t => {
  const fastify = await build(t, { apps: { steady: shell('echo READY; exec sleep 600') } })
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const { id } = await launch(fastify, 'steady')
  await until(fastify, id, 'ready')
  const before = watchers()
  const served: Promise<unknown>[] = []
  let arrived = 0
  fastify.server.on('request', (_request, response) => {
    arrived++
    served.push(once(response, 'close'))
  })
  const readers = { current: 0, most: 0 }
  const { sessions } = fastify.gateway
  const waitUntil = sessions.waitUntil.bind(sessions)
  sessions.waitUntil = async (...wait) => {
    readers.most = Math.max(readers.most, ++readers.current)
    return await waitUntil(...wait).finally(() => readers.current--)
  }
  for (let turn = 0; turn < 500; turn++) {
    const socket = send(t, url, `/sessions/${id}/logs?follow=true`)
    await once(socket, 'connect')
    // At any moment: before the request is read, while it is checked, while the log is looked at, in the answer.
    for (let turns = turn % 12; turns > 0; turns--) await nextTurn()
    socket.destroy()
  }
  while (arrived < 400) await nextTurn()
  await Promise.all(served)
  while (watchers() > before || readers.current > 0) await nextTurn()
  t.ok(readers.most > 0, 'some came as far as to wait for the end of the session')
  t.match((await fastify.inject(`/sessions/${id}`)).json(), { state: 'running' })
  await stop(fastify, id)
})

for (const onStop of ['keep', 'stop'] as const) {
  t.test(`a followed log ends when the gateway closes with onStop = "${onStop}"`, async t => {
    const flood = shell(`echo READY; yes ${'x'.repeat(1_000)} | head -c 16000000; exec sleep 600`)
    const apps = { flood, steady: shell('echo READY; exec sleep 600') }
    const gateway = await GatewayProcess.start(t, { apps, server: { onStop } })
    const [steady, flooding] = [await gateway.launch('steady'), await gateway.launch('flood')]
    const follow = (id: number) => send(t, gateway.url, `/sessions/${id}/logs?follow=true&tail=100000`)
    const [deaf, ...followers] = [follow(flooding.id), follow(steady.id), follow(flooding.id)]
    await once(deaf as Socket, 'readable')
    await Promise.all(followers.map(follower => once(follower, 'data')))
    for (const follower of followers) follower.resume()
    const start = performance.now()
    t.equal(await gateway.signal('SIGTERM'), 0)
    const ms = Math.round(performance.now() - start)
    t.ok(ms < 20_000, `${ms} ms, and not as long as connections are kept open`)
  })
}

t.test('readers of a log of 16 MiB of empty lines cost the gateway little, however many and slow they are', async t => {
  const lines = shell('yes "" | head -c 16777216; echo READY; exec sleep 600')
  const gateway = await GatewayProcess.start(t, { apps: { lines } })
  const { id } = await gateway.launch('lines')
  await gateway.call(`/sessions/${id}/logs?tail=1`)
  const before = peakMemoryKib(gateway.pid)
  const slow = Array.from({ length: 60 }, () => send(t, gateway.url, `/sessions/${id}/logs?tail=100000`))
  for (const socket of slow) {
    await once(socket, 'readable')
    socket.pause()
  }
  const response = await gateway.call(`/sessions/${id}/logs?tail=100000`)
  t.equal((await response.text()).split('\n').length, 100_001)
  const grown = Math.round((peakMemoryKib(gateway.pid) - before) / 1_024)
  // 70 to 215 MiB were seen; a reader that held its lines would take as much alone.
  t.ok(grown < 400, `${grown} MiB more`)
  for (const socket of slow) socket.destroy()
})
