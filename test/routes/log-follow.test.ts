import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, open as openFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { open, openSse } from '../clients.ts'
import { build, launch, shell, stop, type TestOptions, temporaryFolder, until } from '../helper.ts'

/** An app that says what it is told, line by line, and exits when it is told no more. */
async function echoing(t: Test, options: TestOptions = {}) {
  const fifo = join(await temporaryFolder(t), 'lines')
  execFileSync('mkfifo', [fifo])
  const stateDir = options.stateDir ?? (await temporaryFolder(t))
  const echo = shell(`echo READY; echo oops >&2; exec cat ${fifo}`)
  const serve = async () => {
    const fastify = await build(t, { ...options, apps: { echo }, stateDir })
    return { fastify, url: await fastify.listen({ port: 0, host: '127.0.0.1' }) }
  }
  const gateway = await serve()
  const { id } = await launch(gateway.fastify, 'echo')
  while ((await gateway.fastify.inject(`/sessions/${id}/logs`)).body.split('\n').length < 3) await nextTurn()
  const app = await openFile(fifo, 'w')
  t.teardown(() => app.close())
  return { ...gateway, id, app, serve, logs: `${gateway.url}/sessions/${id}/logs` }
}

/** What a response has brought so far; `until` waits for a text in it. */
function reading(response: IncomingMessage) {
  let text = ''
  response.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  const ended = once(response, 'end')
  return {
    async until(wanted: string) {
      while (!text.includes(wanted)) await Promise.race([once(response, 'data'), ended])
    },
    async whole() {
      await ended
      return text
    }
  }
}

async function say(app: FileHandle, ...lines: string[]) {
  for (const line of lines) await app.write(`${line}\n`)
}

const watchers = () => process.getActiveResourcesInfo().filter(name => name === 'FSEventWrap').length

t.test('a follow as text brings lines as they are written, and ends when the session does', async t => {
  const { app, logs, fastify, id } = await echoing(t)
  const { response } = await open(t, `${logs}?follow=true&stream=stdout`, {})
  t.match(response.headers['content-type'], /^text\/plain/)
  const text = reading(response)
  await text.until('READY')
  await say(app, 'one')
  await text.until('one')
  await say(app, 'two', 'ü\u2028')
  await text.until('ü')
  await app.write('last words')
  await app.close()
  t.equal(await text.whole(), 'READY\none\ntwo\nü\u2028\nlast words\n')
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'exited', exitCode: 0 } })
})

t.test('a follow as NDJSON ends with a stop by a client, too, and is resumed after a seq', async t => {
  const { app, logs, fastify, id } = await echoing(t)
  const follow = async (query: string) =>
    reading((await open(t, `${logs}?follow=true${query}`, { accept: 'application/x-ndjson' })).response)
  const first = await follow('&tail=1')
  await say(app, 'one', 'two')
  await first.until('two')
  const second = await follow('&after=3')
  await second.until('two')
  await say(app, 'three')
  await second.until('three')
  await stop(fastify, id)
  const parse = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  t.match(parse(await second.whole()), [
    { seq: 4, stream: 'stdout', line: 'two' },
    { seq: 5, stream: 'stdout', line: 'three' },
    { type: 'end', state: 'stopped' }
  ])
  t.same(
    parse(await first.whole()).map(({ seq, type }) => seq ?? type),
    [2, 3, 4, 5, 'end'],
    'tail says where a follow begins'
  )
})

t.test('over SSE each line has its id, a break is resumed from it, and 204 says that all is told', async t => {
  const { app, logs, fastify, id } = await echoing(t)
  const client = await openSse(t, `${logs}?follow=true`)
  await say(app, 'one')
  const { sseEvent, sseId } = await client.until(({ line }) => line === 'one')
  t.match({ sseEvent, sseId }, { sseEvent: 'line', sseId: '3' })
  client.leave()
  await say(app, 'two')
  const again = await openSse(t, `${logs}?follow=true`, { 'last-event-id': '3' })
  await again.until(({ line }) => line === 'two')
  await app.close()
  await again.closed
  t.match(again.messages, [{ line: 'two' }, { sseEvent: 'end', state: 'stopped' }])
  await until(fastify, id, 'stopped')

  const resume = async (query: string, seq: string) =>
    (await open(t, `${logs}${query}`, { accept: 'text/event-stream', 'last-event-id': seq })).response
  t.equal((await resume('?follow=true', '4')).statusCode, 204)
  t.equal((await resume('?follow=true&stream=stderr', '2')).statusCode, 204, 'only lines of the other stream are left')
  const rest = await resume('?follow=true', '3')
  t.equal(rest.statusCode, 200)
  t.match(
    await reading(rest).whole(),
    /^retry: \d+\nid: 3\n\nid: 4\nevent: line\ndata: \{"seq":4,.*"line":"two"\}\n\nevent: end\n/
  )
})

t.test('Last-Event-ID wins over `after`; what is no seq is refused', async t => {
  const { logs, app } = await echoing(t)
  const read = async (lastEventId: string) => {
    const response = await fetch(`${logs}?after=0`, { headers: { 'last-event-id': lastEventId } })
    return { status: response.status, body: await response.text() }
  }
  const [, second] = (await read('')).body.split('\n')
  t.same(await read('1'), { status: 200, body: `${second}\n` })
  for (const bad of ['x', '-1', '1.5', 'q3Zk.42']) t.match(await read(bad), { status: 400, body: 'invalid-request' })
  await app.close()
})

t.test('clients that go away leave nothing behind', async t => {
  const { app, logs, fastify } = await echoing(t)
  const before = watchers()
  const types = ['text/plain', 'application/x-ndjson', 'text/event-stream']
  const followers = await Promise.all(
    types.flatMap(accept => [1, 2].map(() => open(t, `${logs}?follow=true`, { accept })))
  )
  await say(app, 'hello')
  await Promise.all(followers.map(({ response }) => reading(response).until('hello')))
  t.equal(watchers(), before + followers.length)
  for (const { request } of followers) request.destroy()
  while (watchers() > before) await nextTurn()
  const connections = () => new Promise<number>(resolve => fastify.server.getConnections((_, count) => resolve(count)))
  while ((await connections()) > 0) await nextTurn()
  await say(app, 'nobody listens')
  await app.close()
})

t.test('a log is the same after the stop and after a restart of the gateway', async t => {
  const { app, logs, fastify, id, serve } = await echoing(t)
  const follow = reading((await open(t, `${logs}?follow=true`, { accept: 'application/x-ndjson' })).response)
  await say(app, 'one', 'two')
  await app.close()
  const end = '{"type":"end","state":"stopped"}\n'
  const whole = await follow.whole()
  t.ok(whole.endsWith(end))
  const live = whole.slice(0, -end.length)
  t.equal(live.split('\n').length, 5)
  const read = async (url: string, query: string) =>
    await (await fetch(`${url}/sessions/${id}/logs${query}`, { headers: { accept: 'application/x-ndjson' } })).text()
  await until(fastify, id, 'stopped')
  const url = logs.replace(/\/sessions.*/, '')
  t.equal(await read(url, ''), live)
  t.equal(await read(url, '?follow=true'), whole, 'a follow of a stopped session ends at once')
  await fastify.close()
  const next = await serve()
  t.equal(await read(next.url, ''), live)
  t.equal(await read(next.url, '?follow=true&after=3'), `${live.split('\n').at(3)}\n${end}`)
})

t.test('a follow goes on at the next gateway, with what was written while there was none', async t => {
  const { app, logs, fastify, id, serve } = await echoing(t, { server: { onStop: 'keep' } })
  const client = await openSse(t, `${logs}?follow=true`)
  await say(app, 'before')
  await client.until(({ line }) => line === 'before')
  await fastify.close()
  await client.closed
  await say(app, 'between')
  const next = await serve()
  const headers = { 'last-event-id': String(client.messages.at(-1)?.id) }
  const again = await openSse(t, `${next.url}/sessions/${id}/logs?follow=true`, headers)
  await again.until(({ line }) => line === 'between')
  await say(app, 'after')
  await again.until(({ line }) => line === 'after')
  await app.close()
  await again.closed
  t.notOk(
    client.messages.some(({ sseEvent }) => sseEvent === 'end'),
    'the gateway ended, not the session'
  )
  t.match(again.messages, [{ line: 'between' }, { line: 'after' }, { sseEvent: 'end' }])
})

t.test('server-sent events of a log that is followed have heartbeats while there is no line', async t => {
  const { logs, app } = await echoing(t)
  const url = `${logs}?follow=true&heartbeatMs=100`
  const text = reading((await open(t, url, { accept: 'text/event-stream' })).response)
  await text.until('oops')
  await text.until(': \n\n: \n\n')
  await say(app, 'more')
  await text.until('more')
  await app.close()
  t.match(await text.whole(), /event: end/)
})
