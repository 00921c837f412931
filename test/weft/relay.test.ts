import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { temporaryFolder, until } from '../helper.ts'
import { Page } from './clients.ts'
import { weftGateway } from './gateway.ts'
import { environment, install } from './store.ts'

const runtimeBin = join(import.meta.dirname, '../fixtures/weft-runtime.mjs')
const notes = 'com.example.notes'
const launchOf = (app_id: string) => ({ type: 'LAUNCH_APP', app_id, surface_id: 0 })
const forward = (payload: string) => ({ type: 'IPC_FORWARD', session_id: 1, payload })
const message = (payload: string) => `{"type":"IPC_MESSAGE","session_id":1,"payload":"${payload}"}`

t.test('an app of the runtime exchanges lines with clients, and saves what it gets', async t => {
  const home = await temporaryFolder(t)
  environment(t, { HOME: home })
  const { url, store, folder, fastify } = await weftGateway(t, { runtimeBin })
  await install(store, notes, { capabilities: ['fs:rw:app-data', 'fs:read:xdg-documents', 'net:any'] })
  const [page, other] = [await Page.open(t, `${url}/appd`), await Page.open(t, url)]
  page.send(launchOf(notes))
  await page.have(2)
  t.match(await until(fastify, 1, 'ready'), { state: 'running' })
  t.equal(statSync(join(folder, 'ipc-1.sock')).mode & 0o777, 0o600)
  page.send(forward('save:some text'))
  await page.text(message('done save'))
  page.send(forward('load:'))
  t.ok(await page.text(message('some text')))
  t.ok(await other.text(message('some text')), 'told to all')
  t.equal(readFileSync(join(home, '.local/share/weft/apps', notes, 'data/note'), 'utf8'), 'some text')
  page.send({ type: 'TERMINATE_APP', session_id: 1 })
  await page.text('"stopped"')
  t.notOk(existsSync(join(folder, 'ipc-1.sock')))
})

t.test('what is sent before the app has connected waits for it', async t => {
  const { url, store } = await weftGateway(t, { runtimeBin })
  await install(store, notes)
  const page = await Page.open(t, `${url}/appd`)
  page.send(launchOf(notes))
  await page.have(2)
  page.send(forward('early'))
  t.ok(await page.text(message('done early')))
})

t.test('sessions leave no socket behind, however they end', async t => {
  const { url, store, folder, fastify } = await weftGateway(t, { runtimeBin: '/no/such/runtime' })
  await install(store, notes)
  const page = await Page.open(t, `${url}/appd`)
  for (let count = 0; count < 20; count++) page.send(launchOf(notes))
  for (let id = 1; id <= 20; id++) await page.text(`"session_id":${id},"state":"stopped"`)
  t.same(
    readdirSync(folder).filter(name => name.startsWith('ipc-')),
    []
  )
  t.match((await fastify.inject('/sessions/1')).json(), { stop: { reason: 'spawnFailed' } })
})

t.test('without weft.enabled the runtime gets no more arguments than it always did', async t => {
  const { fastify, store } = await weftGateway(t, {
    runtimeBin: join(import.meta.dirname, '../fixtures/runtime.sh'),
    weft: { enabled: false }
  })
  await install(store, notes, { capabilities: ['fs:rw:app-data'] })
  await fastify.inject({ method: 'POST', url: '/sessions', payload: { appId: notes } })
  await until(fastify, 1, 'ready')
  await fastify.inject({ method: 'DELETE', url: '/sessions/1' })
  await until(fastify, 1, 'stopped')
  t.match((await fastify.inject('/sessions/1/logs?tail=1000')).body, `args=${notes} 1\n`)
})
