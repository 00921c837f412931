import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Session } from '../../src/session/session.ts'
import { GatewayProcess } from '../gateway-process.ts'
import { shell } from '../helper.ts'

const note = 'echo "$WEFT_SESSION_ID $0 $1" >> "$WEFT_TEST_STATE/starts"; echo READY; exec sleep 600'
const apps = {
  mute: shell('exec sleep 600'),
  given: {
    command: ['/bin/sh', '-c', note, '{params.name}', '{params.size}'],
    params: { name: { type: 'string' as const }, size: { type: 'integer' as const, default: 3 } }
  }
}

async function launch(gateway: GatewayProcess, appId: string, params?: object): Promise<Session> {
  const response = await gateway.call('/sessions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appId, ...(params && { params }) })
  })
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Session
}

t.test('queued launches keep their parameters when the gateway is killed', { timeout: 120_000 }, async t => {
  const gateway = await GatewayProcess.start(t, { apps, limits: { maxStarting: 1 } })
  const first = await launch(gateway, 'mute')
  const queued = [
    await launch(gateway, 'given', { name: 'a {port}' }),
    await launch(gateway, 'given', { name: 'b', size: 7 })
  ]
  t.match(queued, [{ state: 'queued' }, { state: 'queued' }])
  await gateway.signal('SIGKILL')
  await gateway.start()
  await gateway.call(`/sessions/${first.id}`, { method: 'DELETE', headers: { prefer: 'wait=60' } })
  for (const { id } of queued) t.match(await gateway.until(id, 'ready'), { state: 'running' })
  const [one, two] = queued.map(({ id }) => id)
  t.equal(readFileSync(join(gateway.stateDir, 'starts'), 'utf8'), `${one} a {port} 3\n${two} b 7\n`)
})
