import { execFile } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { temporaryFolder } from '../helper.ts'
import { adapt, committed, freePort } from './files.ts'
import { Program, skipWithoutPrograms } from './program.ts'

const rules = 'weft-gateway.rules.yml'
const promtool = (...args: readonly string[]) => promisify(execFile)('promtool', args)

t.test('Prometheus scrapes with the committed files', skipWithoutPrograms('prometheus', 'promtool'), async t => {
  const gateway = await GatewayProcess.start(t, { apps: {} })
  const folder = await temporaryFolder(t)
  const target = { '127.0.0.1:7410': gateway.url.replace('http://', ''), 'interval: 15s': 'interval: 1s' }
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, adapt(committed('prometheus/prometheus.yml'), target))
  writeFileSync(join(folder, rules), committed(`prometheus/${rules}`))
  t.match((await promtool('check', 'config', file)).stdout, /SUCCESS: 7 rules found/)

  const port = await freePort()
  const flags = [`--config.file=${file}`, `--storage.tsdb.path=${folder}/data`]
  const command = ['prometheus', ...flags, `--web.listen-address=127.0.0.1:${port}`]
  const prometheus = new Program(t, { command, cwd: folder })
  const value = async (query: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${query}`).catch(() => undefined)
    if (!answer?.ok) return undefined
    return ((await answer.json()) as { data: { result: { value: [number, string] }[] } }).data.result[0]?.value[1]
  }
  await prometheus.until(async () => (await value('weft_supervisor_up')) === '1')
})

t.test('the alerts come when they should', skipWithoutPrograms('promtool'), async t => {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, rules), committed(`prometheus/${rules}`))
  copyFileSync(new URL('alerts.yml', import.meta.url), join(folder, 'alerts.yml'))
  const { stdout } = await promtool('test', 'rules', join(folder, 'alerts.yml')).catch(error => error)
  t.match(stdout, /SUCCESS/, stdout)
})

t.test('each metric of the alert rules is one of the gateway', async t => {
  const gateway = await GatewayProcess.start(t, { apps: {} })
  const metrics = await (await gateway.call('/metrics')).text()
  const names = committed(`prometheus/${rules}`).match(/\b(?:weft|nodejs)_\w+/g) ?? []
  for (const name of new Set(names)) t.match(metrics, `# TYPE ${name} `)
})
