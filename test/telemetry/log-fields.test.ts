import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { GatewayProcess, tryKill } from '../gateway-process.ts'
import { shell } from '../helper.ts'

const root = join(import.meta.dirname, '../..')

/** By test/lost-log.test.ts and test/reload.test.ts; progress and health by test/routes/updates.test.ts. */
const provokedElsewhere = new Set(['lostLines', 'removedTokens', 'progress', 'health'])

/** The members that the page names. */
const documented = () => {
  const page = readFileSync(join(root, 'docs/observability.md'), 'utf8')
  const table = page.slice(page.indexOf('| Member'), page.indexOf('## Metrics'))
  const names = table.split('\n').map(row => row.split('|')[1] ?? '')
  return new Set(names.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)))
}

/** The names in the objects that the gateway's code passes to its log. */
function namesInCode(): ReadonlySet<string> {
  const folders = ['src', 'plugins', 'routes'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(root, folder, name))
  )
  const files = folders.filter(name => name.endsWith('.ts') && !/src\/(cli|supervisor|client)\//.test(name))
  const call = /log\??(?:\.(?:debug|info|warn|error|fatal)|\[level\])\((?=\{)/g
  const objects = files.flatMap(file => {
    const text = readFileSync(file, 'utf8')
    return [...text.matchAll(call)].map(({ 0: found, index }) => objectAt(text.slice(index + found.length)))
  })
  return new Set(objects.flatMap(namesOf))
}

/** The object literal at the beginning of a text. */
function objectAt(text: string): string {
  let depth = 0
  const end = [...text].findIndex(char => {
    depth += char === '{' ? 1 : char === '}' ? -1 : 0
    return depth === 0
  })
  return text.slice(0, end + 1)
}

/** Of an object literal, also of those in its spreads. */
function namesOf(literal: string): readonly string[] {
  const withoutFunctions = literal.replaceAll(/\(\{ \w+ \}\) => \w+/g, '')
  return [...withoutFunctions.matchAll(/[{,]\s*(\w+)(?=[\s]*[:,}])/g)].map(([, name]) => name as string)
}

t.test('each member of the log lines of a gateway is in the table', async t => {
  const apps = {
    web: shell('echo READY; exec sleep 1000'),
    crash: shell('exit 3'),
    again: shell('echo READY; sleep 0.1; exit 3', { restart: { max: 1, backoffMs: 0 } }),
    loud: shell('seq 1 100 >&2; echo READY; exec sleep 1000'),
    stubborn: shell('trap "" TERM; echo READY; while :; do sleep 1; done')
  }
  const settings = { apps, server: { logLevel: 'debug' } }
  const gateway = await GatewayProcess.start(t, settings)
  for (const app of ['web', 'loud', 'stubborn']) {
    const { id } = await gateway.launch(app)
    await gateway.call(`/sessions/${id}?waitMs=60000`, { method: 'DELETE' })
  }
  await gateway.call('/sessions?waitMs=60000', {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    body: '{"appId":"crash"}'
  })
  await gateway.until((await gateway.launch('again', 'wait=0')).id, 'stopped')
  const { web, ...removed } = apps
  t.ok(Object.keys(removed).length > 0)
  await gateway.configure({ apps: { web }, server: { logLevel: 'info', port: 7411 } })
  process.kill(gateway.pid, 'SIGHUP')
  await gateway.untilLogged(/these settings need a restart/)
  await gateway.launch('web')
  tryKill(gateway.supervisorPid() as number)
  await gateway.untilLogged(/supervisor lost[\s\S]*supervisor attached/)
  await gateway.signal('SIGTERM')

  const lines = gateway.log
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as object)
  const names = new Set(lines.flatMap(line => Object.keys(line)))
  t.ok(names.size > 30, [...names].join(' '))
  const known = documented()
  for (const name of names) t.ok(known.has(name), `${name} is in the table`)

  const inCode = namesInCode()
  t.ok(inCode.size > 20, [...inCode].join(' '))
  for (const name of inCode) t.ok(known.has(name), `${name} of the code is in the table`)
  for (const name of known)
    t.ok(names.has(name) || inCode.has(name) || provokedElsewhere.has(name), `${name} is logged`)
})
