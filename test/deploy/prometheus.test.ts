import { execFile } from 'node:child_process'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { GatewayProcess } from '../gateway-process.ts'
import { temporaryFolder } from '../helper.ts'
import { committed } from './files.ts'
import { skipWithoutPrograms } from './program.ts'
import { Prometheus, rulesFile } from './prometheus.ts'

const rules = rulesFile
const promtool = (...args: readonly string[]) => promisify(execFile)('promtool', args)

t.test('Prometheus scrapes with the committed files', skipWithoutPrograms('prometheus', 'promtool'), async t => {
  const gateway = await GatewayProcess.start(t, { apps: {} })
  const prometheus = await Prometheus.start(t, gateway)
  t.match((await promtool('check', 'config', prometheus.configuration)).stdout, /SUCCESS: 7 rules found/)
  await prometheus.until(async () => (await prometheus.query('weft_supervisor_up'))?.[0]?.value[1] === '1')
})

t.test('the alerts come when they should', skipWithoutPrograms('promtool'), async t => {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, rules), committed(`prometheus/${rules}`))
  copyFileSync(new URL('alerts.yml', import.meta.url), join(folder, 'alerts.yml'))
  const { stdout } = await promtool('test', 'rules', join(folder, 'alerts.yml')).catch(error => error)
  t.match(stdout, /SUCCESS/, stdout)
})

t.test('each metric of the alert rules and of the dashboard is one of the gateway', async t => {
  const gateway = await GatewayProcess.start(t, { apps: {} })
  const metrics = await (await gateway.call('/metrics')).text()
  const files = [`prometheus/${rules}`, 'grafana/weft-gateway.json'].map(committed).join()
  const names = files.match(/\b(?:weft|nodejs|process)_\w+/g)?.map(name => name.replace(/_bucket$/, '')) ?? []
  for (const name of new Set(names)) t.match(metrics, `# TYPE ${name} `)
})
