import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Command, configFile } from './cli/command.ts'
import { openWebSocket } from './clients.ts'
import { temporaryFolder } from './helper.ts'

const thrower = new URL('fixtures/throw-on-signal.mjs', import.meta.url).href
const apps = { idle: { command: ['sh', '-c', 'echo READY; exec sleep 1000'] } }

t.test('an uncaught error is told, ends the gateway with 1, and keeps the sessions for the next gateway', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { apps })
  const args = ['--port', '0', '--state-dir', join(cwd, 'state')]
  const start = (env = {}) => new Command(t, args, { cwd, env })
  const first = start({ NODE_OPTIONS: `--import=${thrower}` })
  const url = await first.address()
  const response = await fetch(`${url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: '{"appId":"idle"}'
  })
  const session = (await response.json()) as { pid: number }
  t.match(session, { state: 'running' })
  const client = await openWebSocket(t, `${url}/events`)
  await client.until(({ type }) => type === 'Snapshot')

  first.child.kill('SIGUSR2')
  t.equal(await first.exited, 1)
  t.match(JSON.parse(first.stderr.trimEnd().split('\n').at(-1) ?? ''), {
    level: 60,
    msg: /uncaught error/,
    origin: 'uncaughtException',
    err: { message: 'on purpose', stack: /throw-on-signal/ }
  })
  t.same(client.types, ['Hello', 'Snapshot'], 'nothing graceful ran')
  t.ok(readdirSync('/proc').includes(String(session.pid)))

  const next = await start().address()
  t.hasStrict(await (await fetch(`${next}/sessions/1`)).json(), session)
})
