import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { launch, stop, until } from '../helper.ts'
import { holder } from '../tokens.ts'
import { Page, refusal } from './clients.ts'
import { apps, weftGateway } from './gateway.ts'
import { install } from './store.ts'

const launchOf = (app_id: string) => ({ type: 'LAUNCH_APP', app_id, surface_id: 0 })
const ack = (id: number, app = 'demo.app') => `{"type":"LAUNCH_ACK","session_id":${id},"app_id":"${app}"}`
const ready = (id: number, app = 'demo.app') => `{"type":"APP_READY","session_id":${id},"app_id":"${app}"}`
const stateOf = (id: number, state: string) => `{"type":"APP_STATE","session_id":${id},"state":"${state}"}`

t.test('a launch is acknowledged twice to who asked, and once to others; then it is ready, and stopped', async t => {
  const { url } = await weftGateway(t)
  const [page, other] = [await Page.open(t, `${url}/appd`), await Page.open(t, url)]
  page.send(launchOf('demo.app'))
  t.same(await page.have(3), [ack(1), ack(1), ready(1)])
  t.same(await other.have(2), [ack(1), ready(1)])
  page.send({ type: 'TERMINATE_APP', session_id: 1 })
  t.same((await page.have(5)).slice(3), [stateOf(1, 'stopped'), stateOf(1, 'stopped')])
  t.same((await other.have(3)).slice(2), [stateOf(1, 'stopped')])
})

t.test('D5: stopped is said when nothing is left of the session, and other requests do not wait for that', async t => {
  const { url, fastify } = await weftGateway(t)
  const page = await Page.open(t, `${url}/appd`)
  page.send(launchOf('demo.stubborn'))
  await page.text('APP_READY')
  const before = page.texts.length
  page.send({ type: 'TERMINATE_APP', session_id: 1 })
  page.send({ type: 'QUERY_APP_STATE', session_id: 1 })
  page.send({ type: 'QUERY_RUNNING' })
  const running = '{"type":"RUNNING_APPS","sessions":[{"session_id":1,"app_id":"demo.stubborn"}]}'
  t.match((await page.have(before + 4)).slice(before), [
    /"state":"(running|stopping)"/,
    running,
    stateOf(1, 'stopped'),
    stateOf(1, 'stopped')
  ])
  t.match((await fastify.inject('/sessions/1')).json(), { state: 'stopped' })
})

t.test('D43: an acknowledgement never follows the stopped of its session', async t => {
  const { url } = await weftGateway(t)
  const page = await Page.open(t, `${url}/appd`)
  for (let id = 1; id <= 20; id++) page.send(launchOf('no.such.app'))
  const texts = await page.have(60)
  for (let id = 1; id <= 20; id++) {
    const own = texts.filter(text => text.includes(`"session_id":${id},`))
    t.same(own, [ack(id, 'no.such.app'), ack(id, 'no.such.app'), stateOf(id, 'stopped')])
  }
})

t.test('an unknown app is acknowledged and ends at once as spawnFailed', async t => {
  const { url, fastify } = await weftGateway(t)
  const page = await Page.open(t, `${url}/appd`)
  page.send(launchOf('no.such.app'))
  await page.have(3)
  const stopped = { state: 'stopped', stop: { reason: 'spawnFailed', message: 'there is no such app' } }
  t.match((await fastify.inject('/sessions/1')).json(), stopped)
})

t.test('what can not be launched is an ERROR with code 2 and the reason, and nothing is created', async t => {
  const { url, fastify } = await weftGateway(t, { limits: { maxSessions: 1 } })
  const page = await Page.open(t, `${url}/appd`)
  for (const id of ['-x', '../x', '/abs', '', 'a b', 'x'.repeat(500)]) page.send(launchOf(id))
  for (const text of await page.have(6)) t.match(text, /^\{"type":"ERROR","code":2,"message":".*is not an app id\."\}$/)
  t.same((await fastify.inject('/sessions')).json().items, [])
  page.send(launchOf('demo.app'))
  await page.have(9)
  page.send(launchOf('demo.app'))
  t.equal((await page.have(10))[9], '{"type":"ERROR","code":2,"message":"The limit is reached: 1 sessions."}')
})

t.test('queries are answered as weft-appd does', async t => {
  const { url, store } = await weftGateway(t)
  await install(store, 'com.example.notes', { name: 'Notes & more', version: '0.2.0' })
  const page = await Page.open(t, `${url}/appd`)
  page.send(launchOf('demo.slow'))
  await page.have(2)
  const table: [object, string][] = [
    [{ type: 'QUERY_RUNNING' }, '{"type":"RUNNING_APPS","sessions":[{"session_id":1,"app_id":"demo.slow"}]}'],
    [{ type: 'QUERY_APP_STATE', session_id: 1 }, stateOf(1, 'starting')],
    [{ session_id: 9, type: 'QUERY_APP_STATE', more: [] }, stateOf(9, 'not_found')],
    [{ type: 'TERMINATE_APP', session_id: 9 }, '{"type":"ERROR","code":1,"message":"session 9 not found"}'],
    [{ type: 'IPC_FORWARD', session_id: 9, payload: 'x' }, stateOf(9, 'running')],
    [['IPC_FORWARD', 1, 'x'], stateOf(1, 'running')]
  ]
  for (const [request, reply] of table) {
    const before = page.texts.length
    page.send(request)
    t.equal((await page.have(before + 1))[before], reply, reply)
  }
  page.send({ type: 'QUERY_INSTALLED_APPS' })
  const named = (id: string) => ({ app_id: id, name: id, version: '' })
  t.same(JSON.parse(await page.text('INSTALLED_APPS')), {
    type: 'INSTALLED_APPS',
    apps: [
      { app_id: 'com.example.notes', name: 'Notes & more', version: '0.2.0' },
      ...['demo.app', 'demo.slow', 'demo.stubborn'].map(named)
    ]
  })
})

t.test('a gesture goes to everybody, and once more to its sender; floats keep their point', async t => {
  const { url } = await weftGateway(t)
  const [page, other] = [await Page.open(t, `${url}/appd`), await Page.open(t, url)]
  page.send('{"type":"PANEL_GESTURE","gesture_type":0,"fingers":3,"dx":1.5,"dy":0}')
  const gesture = '{"type":"NAVIGATION_GESTURE","gesture_type":0,"fingers":3,"dx":1.5,"dy":0.0}'
  t.same(await page.have(2), [gesture, gesture])
  t.same(await other.have(1), [gesture])
})

t.test('D30: what is not understood is passed over in silence', async t => {
  const { url } = await weftGateway(t)
  const page = await Page.open(t, `${url}/appd`)
  const strange = [
    ...['', 'x', 'null', '7', '[]', '{}', '{"type":"HELLO"}', '{"type":"query_running"}', '["QUERY_RUNNING",1]'],
    ...['{"type":"QUERY_APP_STATE"}', '{"type":"LAUNCH_APP","app_id":"demo.app"}', '{"type":"QUERY_RUNNING"} x'],
    ...['-1', '1.0', '"1"', '1e3', 'null', '99999999999999999999'].map(
      id => `{"type":"QUERY_APP_STATE","session_id":${id}}`
    ),
    '{"type":"__proto__"}'
  ]
  for (const text of strange) page.send(text)
  page.socket.send(Buffer.from('{"type":"QUERY_RUNNING"}'), { binary: true })
  page.send({ type: 'QUERY_RUNNING' })
  t.same(await page.have(1), ['{"type":"RUNNING_APPS","sessions":[]}'])
})

t.test('sessions of the REST API are told and stopped like others, and the reverse', async t => {
  const { url, fastify } = await weftGateway(t)
  const page = await Page.open(t, `${url}/appd`)
  const { id } = await launch(fastify, 'demo.app')
  t.same(await page.have(2), [ack(id), ready(id)])
  page.send({ type: 'TERMINATE_APP', session_id: id })
  t.match(await until(fastify, id, 'stopped'), { stop: { reason: 'terminated', initiator: 'client' } })
  page.send(launchOf('demo.app'))
  await page.text('APP_READY', 4)
  await stop(fastify, 2)
  t.equal(await page.text('"stopped"', 6), stateOf(2, 'stopped'))
})

t.test('the endpoint is open to pages from files, to others only as everywhere, and to loopback alone', async t => {
  const { url, fastify } = await weftGateway(t, { server: { allowedOrigins: ['https://ours.example'] } })
  const origin = (text: string) => ({ headers: { origin: text } })
  for (const path of ['/appd', '/']) {
    for (const text of ['file://', 'https://ours.example', url.replace('ws:', 'http:')]) {
      t.ok(await Page.open(t, url + path, origin(text)), text)
    }
    for (const text of ['null', 'https://evil.example', 'file:', 'file://x']) {
      t.equal(await refusal(url + path, origin(text)), 403, text)
    }
    t.equal(await refusal(url + path, { headers: { host: 'evil.example' } }), 421)
  }
  t.equal(await refusal(`${url}/events`, origin('file://')), 403, 'on this endpoint alone')
  t.equal((await fastify.inject({ url: '/appd', headers: { origin: 'file://' } })).statusCode, 403)
  t.match((await fastify.inject('/appd')).json(), { status: 404, code: 'not-found' })
  t.equal((await fastify.inject('/')).statusCode, 200, 'HTTP at / is the page')
})

t.test('the Origin null is let in only with weft.allowNullOrigin', async t => {
  const { url } = await weftGateway(t, { weft: { allowNullOrigin: true } })
  t.ok(await Page.open(t, `${url}/appd`, { headers: { origin: 'null' } }))
  t.equal(await refusal(`${url}/events`, { headers: { origin: 'null' } }), 403)
})

t.test('where there are tokens, clients have the rights of weft.token, or are refused', async t => {
  const [shellToken, ci] = [holder('shell', ['read', 'launch'], ['demo.app']), holder('ci')]
  const tokens = [shellToken.entry, ci.entry]
  const { url, fastify } = await weftGateway(t, { tokens, weft: { token: 'shell' } })
  const page = await Page.open(t, `${url}/appd`)
  const post = { method: 'POST', url: '/sessions', headers: ci.headers } as const
  await fastify.inject({ ...post, payload: { appId: 'demo.slow' } })
  page.send(launchOf('demo.app'))
  t.same(await page.have(3), [ack(2), ack(2), ready(2)], 'nothing of apps that the token does not see')
  page.send({ type: 'QUERY_APP_STATE', session_id: 1 })
  page.send(launchOf('demo.slow'))
  page.send({ type: 'TERMINATE_APP', session_id: 2 })
  const [, , , state, unseen, unable] = await page.have(6)
  t.equal(state, stateOf(1, 'not_found'))
  t.match(unseen, /"ERROR","code":2,.*demo\.slow/)
  t.match(unable, /"ERROR","code":2,.*'stop'/)
  const closed = once(page.socket, 'close')
  fastify.gateway.access.reload([ci.entry])
  t.equal((await closed)[0], 1008)
  t.equal(await refusal(`${url}/appd`), 403)
})

t.test('tokens without weft.token close the endpoint', async t => {
  const { url } = await weftGateway(t, { tokens: [holder('ci').entry] })
  t.equal(await refusal(`${url}/appd`), 403)
  t.equal(await refusal(url), 403)
})

t.test('appd.wsport has the port, in decimal and without a newline, and goes with the gateway', async t => {
  const { url, fastify, folder } = await weftGateway(t)
  const path = join(folder, 'appd.wsport')
  t.equal(readFileSync(path, 'utf8'), new URL(url).port)
  await fastify.close()
  t.notOk(existsSync(path))
})

t.test('a gateway that closes tells the end of each session, and then says goodbye', async t => {
  const { url, fastify } = await weftGateway(t)
  const page = await Page.open(t, `${url}/appd`)
  page.send(launchOf('demo.app'))
  await page.have(3)
  const closed = once(page.socket, 'close')
  await fastify.close()
  t.equal((await closed)[0], 1001)
  t.equal(page.texts.at(-1), stateOf(1, 'stopped'))
})

t.test('without weft.enabled there is no endpoint, no file, and none of its code', async t => {
  const { url, folder } = await weftGateway(t, { weft: { enabled: false }, apps })
  t.equal(await refusal(`${url}/appd`), 404)
  t.notOk(existsSync(folder))
})
