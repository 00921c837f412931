import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import type { Session, Stats } from '../../clients/typescript/src/client.ts'
import { type Row, sorted, sortNames } from '../../src/cli/commands/top-table.ts'
import { bytesText } from '../../src/cli/terminal/bytes.ts'
import { readProcesses, residentBytes } from '../../src/cli/usage/processes.ts'
import { UsageMeter } from '../../src/cli/usage/session-usage.ts'
import { shell, temporaryFolder } from '../helper.ts'
import { gatewayFor } from './gateway.ts'

const busy = shell('sleep 1000 & echo READY; while :; do :; done')
const idle = shell('echo READY; exec sleep 1000')

t.test('top in a pipe prints one frame: the gateway, and what each session uses, the busiest first', async t => {
  const { run } = await gatewayFor(t, { apps: { busy, idle } })
  for (const app of ['idle', 'busy']) await run('launch', app, '--wait', '--label', 'user=ada')
  const { code, stdout, stderr } = await run('top')
  t.same({ code, stderr }, { code: 0, stderr: '' })
  const [first = '', second = '', empty, head = '', ...rows] = stdout.trimEnd().split('\n')
  t.match(first, /^weft-gateway [0-9.]+, up [\d.]+ \S+, ready; at most \d+ sessions$/)
  t.match(second, /^in the last hour: 2 launched, 2 ready, 0 stopped, 0 failed$/)
  t.equal(empty, '')
  t.match(head, /^ID {2}APP +STATE +AGE {2}READY IN +CPU% +MEMORY {2}PROCS +PID {2}LABELS$/)
  t.match(rows, [
    /^ 2 {2}busy {2}running +\d+s +[\d.]+ s +\d+\.\d +\d+ [kM]B +2 +\d+ {2}user=ada$/,
    /^ 1 {2}idle {2}running +\d+s +[\d.]+ s +\d\.\d +\d+ [kM]B +1 +\d+ {2}user=ada$/
  ])
  t.match((await run('top', '--sort', 'id', '--app', 'idle')).stdout, /\n 1 {2}idle .+\n$/)
})

t.test('top --json has the sessions with their usage, and jsonl one on each line', async t => {
  const { run } = await gatewayFor(t, { apps: { busy } })
  t.same(JSON.parse((await run('top', '--json')).stdout), [])
  await run('launch', 'busy', '--wait')
  const [session] = JSON.parse((await run('top', '--json')).stdout)
  t.match(session, { id: 1, state: 'running', usage: { processes: 2 } })
  t.ok(session.usage.memoryBytes > 100_000)
  t.ok(session.usage.cpuPercent > 0)
  t.equal((await run('top', '-o', 'jsonl')).stdout.split('\n').length, 2)
  t.match(await run('top', '--sort', 'size'), { code: 64, stderr: /Allowed choices are cpu, memory/ })
})

t.test('top on a terminal is live, keys choose the order, and q leaves the terminal as it was', async t => {
  const { run, openTerminal } = await gatewayFor(t, { apps: { busy, idle } })
  await run('launch', 'idle', '--wait', '--label', `note=${'long '.repeat(30)}`)
  for (const columns of [80, 120]) {
    const terminal = openTerminal(columns, 'top')
    await terminal.until('1 session by CPU; c CPU, m memory')
    await terminal.until('note=long')
    const { length } = terminal.output
    terminal.type('m')
    await terminal.until('1 session by memory', length)
    terminal.type('q')
    t.equal(await terminal.exited, 0)
    t.ok(terminal.output.startsWith('\u001b[?1049h') && terminal.output.endsWith('\u001b[?1049l'))
    const lines = stripVTControlCharacters(terminal.output).split('\r\n')
    t.same(
      lines.filter(line => line.length > columns),
      []
    )
  }
  const terminal = openTerminal(120, 'top')
  await terminal.until('1 session by CPU')
  await run('launch', 'busy', '--wait')
  await terminal.until('2 sessions by CPU')
  await terminal.until('session 2 of busy is running')
  terminal.type('\u0003')
  t.equal(await terminal.exited, 0)
})

t.test('ps --watch shows every change until q', async t => {
  const { run, openTerminal } = await gatewayFor(t, { apps: { idle } })
  const terminal = openTerminal(80, 'ps', '--watch')
  await terminal.until('0 sessions; q ends')
  await run('launch', 'idle', '--wait')
  await terminal.until('session 1 of idle is running')
  await run('stop', '1')
  await terminal.until('a client asked, SIGTERM')
  terminal.type('q')
  t.equal(await terminal.exited, 0)
})

t.test('launch --wait shows how far it is against the usual time to ready, on a terminal only', async t => {
  const folder = await temporaryFolder(t)
  const gate = join(folder, 'gate')
  const slow = shell('while [ ! -e "$GATE" ]; do sleep 0.05; done; echo READY; exec sleep 1000', {
    clientEnv: ['GATE']
  })
  const { url, run, openTerminal } = await gatewayFor(t, { apps: { slow } })
  await run('launch', 'slow', '--wait', '--env', 'GATE=/')
  // An answer that is a moment old is given again.
  const known = async () => {
    const stats = (await (await fetch(`${url}/stats?appId=slow`)).json()) as Stats
    return stats.apps[0]?.readyMs.count === 1
  }
  while (!(await known()));
  const terminal = openTerminal(80, 'launch', 'slow', '--wait', '--env', `GATE=${gate}`)
  await terminal.until(/starting slow as session 2 [█░]+ [\d.]+ s, usually [\d.]+ s/)
  await writeFile(gate, '')
  t.equal(await terminal.exited, 0)
  t.match(stripVTControlCharacters(terminal.output), /\rsession 2 of slow is running: .+\r\n$/)
  const piped = await run('launch', 'slow', '--wait', '--env', 'GATE=/')
  t.match(piped, { code: 0, stdout: /^session 3 of slow is running: .+\n$/, stderr: '' })
})

t.test('a session whose pid is another process here has no usage', async t => {
  const session = (members: object) =>
    ({ id: 1, appId: 'a', state: 'running', labels: {}, createdAt: new Date().toISOString(), ...members }) as Session
  const own = new Date(readProcesses().get(process.pid)?.startedMs ?? 0).toISOString()
  const usage = (members: object) => new UsageMeter().measure([session(members)]).get(1)
  t.match(usage({ pid: process.pid, createdAt: own, readyAt: own }), { memoryBytes: Number, processes: Number })
  t.equal(
    usage({ pid: process.pid, createdAt: '2020-01-01T00:00:00.000Z', readyAt: '2020-01-01T00:00:01.000Z' }),
    undefined
  )
  t.equal(usage({ pid: 1 }), undefined, 'it began before the session')
  t.equal(usage({}), undefined)
})

t.test('where there is no /proc nothing is known', async t => {
  t.equal(readProcesses('/no-such-folder').size, 0)
  t.equal(residentBytes(process.pid, '/no-such-folder'), 0)
})

t.test('what is not known comes last in every order, and what is alike in the order of the ids', async t => {
  const row = (id: number, appId: string, cpuPercent?: number): Row => ({
    session: { id, appId, state: 'running', labels: {}, createdAt: '2026-01-01T00:00:00.000Z' },
    usage: cpuPercent === undefined ? undefined : { cpuPercent, memoryBytes: cpuPercent, processes: 1 }
  })
  const rows = [row(4, 'b'), row(3, 'a', 1), row(2, 'b', 9), row(1, 'c')]
  const ids = Object.fromEntries(sortNames.map(name => [name, sorted(rows, name).map(({ session }) => session.id)]))
  t.same(ids, {
    cpu: [2, 3, 1, 4],
    memory: [2, 3, 1, 4],
    ready: [1, 2, 3, 4],
    age: [1, 2, 3, 4],
    app: [3, 2, 4, 1],
    id: [1, 2, 3, 4]
  })
})

t.test('bytes', async t => {
  for (const [bytes, text] of [
    [0, '0 kB'],
    [1_234, '1 kB'],
    [48_200_000, '48 MB'],
    [1_234_000_000, '1.2 GB'],
    [12_340_000_000, '12 GB']
  ] as const)
    t.equal(bytesText(bytes), text)
})
