import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../src/config/load.ts'
import { buildFrom, launch, stop, temporaryFolder, until } from './helper.ts'

const fixture = join(import.meta.dirname, 'fixtures', 'first-catalogue')

t.test('the catalogue of the first version loads unchanged, and its apps run', async t => {
  const stateDir = await temporaryFolder(t)
  const flags = { config: join(fixture, 'weft-gateway.toml'), 'state-dir': stateDir }
  const fastify = await buildFrom(t, loadConfig({ flags, env: { PATH: process.env.PATH }, cwd: '/' }))
  const start = async (appId: string, members: object = {}) => (await launch(fastify, appId, members)).id
  const logOf = async (id: number) => (await fastify.inject(`/sessions/${id}/logs`)).body
  const stopped = async (id: number) => {
    await stop(fastify, id)
    return await until(fastify, id, 'stopped')
  }

  const clock = await start('demo.clock', { env: { GREETING: 'Good morning' } })
  const slow = await start('demo.slow', { env: { SECONDS: '0' } })
  const crash = await start('demo.crash')
  const web = await start('demo.web')
  const stubborn = await start('demo.stubborn')

  t.match(await until(fastify, clock, 'ready'), { state: 'running' })
  t.match(await until(fastify, slow, 'ready'), { state: 'running' })
  t.match(await until(fastify, stubborn, 'ready'), { state: 'running' })
  t.match(await until(fastify, crash, 'stopped'), { stop: { reason: 'readyMissed', initiator: 'app', exitCode: 3 } })
  const served = await until(fastify, web, 'ready')
  t.match(served, { state: 'running', port: Number })
  t.equal((await fetch(`http://127.0.0.1:${'port' in served && served.port}/`)).status, 200)

  t.match(await logOf(clock), 'Good morning')
  const terminated = { state: 'stopped', stop: { reason: 'terminated', initiator: 'client', survivors: 0 } }
  for (const id of [clock, slow, web]) t.match(await stopped(id), terminated)
  t.match(await stopped(stubborn), { stop: { reason: 'terminated', signalsSent: ['SIGTERM', 'SIGKILL'] } })
})
