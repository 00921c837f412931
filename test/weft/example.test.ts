import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../../src/config/load.ts'
import { buildFrom, launch, stop, temporaryFolder, until } from '../helper.ts'
import { SocketClient } from './clients.ts'
import { environment, install } from './store.ts'

t.test('examples/weft.toml serves the clients of WEFT OS and runs their apps', async t => {
  const [runtime, store, stateDir] = [await temporaryFolder(t), await temporaryFolder(t), await temporaryFolder(t)]
  environment(t, { XDG_RUNTIME_DIR: runtime, WEFT_APP_STORE: store, WEFT_APPD_SOCKET: undefined })
  await install(store, 'com.example.notes')
  const flags = { config: join(import.meta.dirname, '../../examples/weft.toml'), 'state-dir': stateDir }
  const WEFT_RUNTIME_BIN = join(import.meta.dirname, '../fixtures/weft-runtime.mjs')
  const fastify = await buildFrom(t, loadConfig({ flags, env: { WEFT_RUNTIME_BIN }, cwd: '/' }))
  const client = await SocketClient.open(t, join(runtime, 'weft/appd.sock'))
  const { id } = await launch(fastify, 'com.example.notes')
  t.match(await until(fastify, id, 'ready'), { state: 'running' })
  t.same(await client.value(['QUERY_RUNNING']), ['RUNNING_APPS', [[id, 'com.example.notes']]])
  await stop(fastify, id)
  t.match(await until(fastify, id, 'stopped'), { stop: { survivors: 0 } })
})
