import { appendFileSync, cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import packageJson from '../../package.json' with { type: 'json' }
import { temporaryFolder } from '../helper.ts'
import { Command, configFile } from './command.ts'
import { OnTerminal } from './on-terminal.ts'

const root = join(import.meta.dirname, '../..')
const sources = ['package.json', 'src', 'plugins', 'routes', 'clients/typescript/src']
const contract = ['openapi.yaml', 'openapi.json', 'openapi-3.0.yaml', 'asyncapi.yaml']

t.test('npm run dev keeps the sessions over a change of a source, and one Ctrl-C stops all', async t => {
  const clone = await cloneFor(t)
  const config = await configFile(clone, {
    server: { stateDir: 'state', socket: join(clone, 'gateway.sock') },
    apps: { idle: { command: ['sh', '-c', 'echo READY; exec sleep 1000'] } }
  })
  const [, program = '', ...options] = packageJson.scripts.dev.split(' ')
  const main = options.pop() ?? ''
  const args = [...options, join(clone, main), '--config', config]
  const gateway = new OnTerminal(t, args, { columns: 100, program })
  const env = { WEFT_URL: `unix:${join(clone, 'gateway.sock')}` }
  const pids = async () => JSON.parse((await new Command(t, ['ps', '--json'], { env }).ended()).stdout)
  await gateway.until('listens on')
  t.match(await new Command(t, ['launch', 'idle', '--wait'], { env }).ended(), { code: 0 })
  const before = await pids()
  const { length } = gateway.output
  appendFileSync(join(clone, 'src/app.ts'), '\n// changed\n')
  await gateway.until('listens on', length)
  t.same(await pids(), before)
  gateway.type('\u0003')
  await gateway.exited
  t.match(gateway.output, /shutting down/)
  t.match(gateway.output, /idle 1 .*was stopped with the gateway/)
})

async function cloneFor(t: Test): Promise<string> {
  const clone = await temporaryFolder(t)
  for (const name of [...sources, ...contract]) cpSync(join(root, name), join(clone, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  return clone
}
