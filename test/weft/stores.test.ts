import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, launch, stop, temporaryFolder, until } from '../helper.ts'
import { logLines } from '../log-lines.ts'
import { environment, install, manifestOf, runtimeBin } from './store.ts'

async function appsOf(fastify: FastifyInstance): Promise<{ id: string; title?: string; version?: string }[]> {
  return (await fastify.inject('/apps')).json().items
}

/** The ids in `GET /apps`, once they are those. */
async function become(fastify: FastifyInstance, ids: readonly string[]): Promise<string[]> {
  for (;;) {
    const found = (await appsOf(fastify)).map(({ id }) => id)
    if (String(found) === String(ids)) return found
  }
}

async function homeOf(t: Test): Promise<{ home: string; store: string }> {
  const home = await temporaryFolder(t)
  environment(t, { HOME: home, WEFT_APP_STORE: undefined })
  return { home, store: join(home, '.local/share/weft/apps') }
}

t.test('the apps of WEFT_APP_STORE are in the catalogue, beside those of the configuration', async t => {
  const store = await temporaryFolder(t)
  environment(t, { WEFT_APP_STORE: store })
  await install(store, 'com.example.notes', { name: 'Notes', capabilities: ['fs:rw:app-data'] })
  await install(store, 'com.example.counter')
  const apps = { 'com.example.counter': { title: 'Mine', command: ['true'] }, zoo: { command: ['true'] } }
  const fastify = await build(t, { runtimeBin, apps, defaults: { readyTimeoutMs: 1_234 } })
  t.match(await appsOf(fastify), [
    { id: 'com.example.counter', title: 'Mine', version: undefined },
    {
      ...{ id: 'com.example.notes', title: 'Notes', version: '1.0.0', capabilities: ['fs:rw:app-data'] },
      ...{ kind: 'service', readiness: 'line', readyTimeoutMs: 1_234 }
    },
    { id: 'zoo' }
  ])
  t.match((await fastify.inject('/apps/com.example.notes')).json(), { title: 'Notes', version: '1.0.0' })
  t.equal((await fastify.inject('/apps/com.example.other')).statusCode, 404)
})

t.test('an installed app is launched by the runtime, which gets the store', async t => {
  const store = await temporaryFolder(t)
  environment(t, { WEFT_APP_STORE: store })
  await install(store, 'com.example.notes')
  const fastify = await build(t, { runtimeBin })
  const { id } = await launch(fastify, 'com.example.notes')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  await stop(fastify, id)
  await until(fastify, id, 'stopped')
  const { body } = await fastify.inject(`/sessions/${id}/logs?tail=1000`)
  t.match(body, `WEFT_APP_STORE=${store}\n`)
})

t.test('an app appears, changes and goes without a restart, also in a store that was not there', async t => {
  const { store } = await homeOf(t)
  const fastify = await build(t, { runtimeBin })
  t.same(await appsOf(fastify), [])
  await install(store, 'com.example.notes')
  t.ok(await become(fastify, ['com.example.notes']))
  await install(store, 'com.example.notes', { name: 'Other notes' })
  t.match((await fastify.inject('/apps/com.example.notes')).json(), { title: 'Other notes' }, 'one app: at once')
  await rename(store, `${store}-away`)
  t.ok(await become(fastify, []))
  await rename(`${store}-away`, store)
  t.ok(await become(fastify, ['com.example.notes']))
  await rm(join(store, 'com.example.notes'), { recursive: true })
  t.ok(await become(fastify, []))
})

t.test('of two apps with the same id the one of the first root wins', async t => {
  const { AppStores } = await import('../../src/gateway/weft/app-stores.ts')
  const roots = [await temporaryFolder(t), await temporaryFolder(t)] as const
  await install(roots[1], 'com.example.notes', { name: 'second' })
  await install(roots[1], 'com.example.counter')
  await install(roots[0], 'com.example.notes', { name: 'first' })
  const stores = new AppStores({ roots, log: { warn() {} } as never })
  t.match(stores.apps, [{ id: 'com.example.counter' }, { id: 'com.example.notes', name: 'first' }])
  t.match(stores.find('com.example.notes'), { name: 'first' })
})

t.test('a broken app is left out, and the log says why, once', async t => {
  const store = await temporaryFolder(t)
  environment(t, { WEFT_APP_STORE: store })
  const broken = {
    'com.example.syntax': '[package\n',
    'com.example.nothing': '',
    'com.example.version': '[package]\nid = "com.example.version"\nname = "x"\n',
    'com.example.number': '[package]\nid = "com.example.number"\nname = 7\nversion = "1"\n',
    'com.example.markup': manifestOf('com.example.markup', { name: '<img src=x onerror=alert(1)>' }),
    'com.example.folder': manifestOf('com.example.other'),
    'Not-An.App.Id': manifestOf('Not-An.App.Id'),
    'two.segments': manifestOf('two.segments')
  }
  for (const [folder, text] of Object.entries(broken)) {
    await mkdir(join(store, folder), { recursive: true })
    await writeFile(join(store, folder, 'wapp.toml'), text)
  }
  await mkdir(join(store, 'no-app'))
  await writeFile(join(store, 'readme'), '')
  await install(store, 'com.example.fine')
  const { logger, lines } = logLines()
  const fastify = await build(t, { runtimeBin, logger })
  t.ok(await become(fastify, ['com.example.fine']))
  const told = () => lines.filter(({ msg }) => msg === 'an app of the store is left out')
  t.equal(told().length, Object.keys(broken).length)
  const manifest = join(store, 'com.example.markup', 'wapp.toml')
  t.ok(told().some(line => JSON.stringify(line).includes(JSON.stringify({ path: manifest }).slice(1, -1))))
  await install(store, 'com.example.next')
  t.ok(await become(fastify, ['com.example.fine', 'com.example.next']))
  t.equal(told().length, Object.keys(broken).length, 'not again')
})
