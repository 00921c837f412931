import t from 'tap'
import { hashToken, newToken } from '../../src/gateway/access/token.ts'
import { temporaryFolder } from '../helper.ts'
import { Command, configFile } from './command.ts'
import { closedUrl, gatewayFor, socketIn } from './gateway.ts'

t.test('a session is launched, listed, shown, read and stopped, each told in a sentence', async t => {
  const { run } = await gatewayFor(t)
  const launched = await run('launch', 'demo.web', '--wait', '--label', 'user=ada')
  t.match(launched, {
    code: 0,
    stdout: /^session 1 of demo\.web is running: ready after [\d.]+ m?s, pid \d+\n$/,
    stderr: ''
  })
  t.match(
    (await run('ps')).stdout,
    /^ID {2}APP {7}STATE {4}AGE +PID {2}LABELS\n 1 {2}demo\.web {2}running +\d+s +\d+ {2}user=ada\n$/
  )
  t.match(
    (await run('show', '1')).stdout,
    /^Session 1 of demo\.web is running: .+\n(.+\n)* {2}reported {2}\{"url":"x"\}\n/
  )
  t.match(await run('logs', '1'), { code: 0, stdout: /READY|on stderr/ })
  t.same(await run('logs', '1', '--stream', 'stderr'), { code: 0, stdout: 'on stderr\n', stderr: '' })
  t.match(await run('stop', '1'), {
    code: 0,
    stdout: /^session 1 of demo\.web stopped after [\d.]+ s: a client asked, SIGTERM\n$/
  })
  t.match(await run('ps'), { code: 0, stdout: '', stderr: /ps --all/ })
  t.match((await run('ps', '--all')).stdout, /1 {2}demo\.web {2}stopped .+ {2}a client asked, SIGTERM {2}user=ada\n/)
  t.match(
    (await run('events')).stdout,
    /^[\d:.]+ {2}Launched {2}1 demo\.web\n.+ AppReady .+\n.+ Stopping .+\n.+ Stopped .+ a client asked, SIGTERM\n$/
  )
})

t.test('--json is one document, and -o jsonl has a value on each line', async t => {
  const { run } = await gatewayFor(t)
  t.equal((await run('launch', 'demo.web', '-w', '--quiet')).stdout, '1\n')
  const session = JSON.parse((await run('launch', 'demo.web', '-w', '--json')).stdout)
  t.match(session, { id: 2, state: 'running' })
  const { usage, ...shown } = JSON.parse((await run('show', '2', '--json')).stdout)
  t.match(usage, { processes: Number })
  t.same(shown, session)
  t.match(JSON.parse((await run('ps', '--json')).stdout), [{ id: 1 }, { id: 2 }])
  const lines = (await run('ps', '-o', 'jsonl')).stdout.trimEnd().split('\n')
  t.same(
    lines.map(line => JSON.parse(line).id),
    [1, 2]
  )
  t.equal((await run('ps', '--quiet', '--app', 'demo.web')).stdout, '1\n2\n')
  t.same(JSON.parse((await run('ps', '--json', '--app', 'demo.crash')).stdout), [])
  t.match(JSON.parse((await run('apps', '--json')).stdout), [
    { id: 'demo.crash' },
    { id: 'demo.short' },
    { id: 'demo.web' }
  ])
  t.match(JSON.parse((await run('events', '--json', '--type', 'AppReady')).stdout), [
    { session: { id: 1 } },
    { session: { id: 2 } }
  ])
  t.match(JSON.parse((await run('stop', '1', '2', '--json')).stdout).length, 2)
})

t.test('a failed launch is 4, with the reason and the last lines of the app', async t => {
  const { run } = await gatewayFor(t)
  const { code, stdout, stderr } = await run('launch', 'demo.crash', '--wait')
  t.equal(code, 4)
  t.match(stdout, /^session 1 of demo\.crash stopped after .+: it ended before it was ready, exit 3\n$/)
  t.match(stderr, /Its last lines:\n {2}cannot open the database\n$/)
  t.equal((await run('wait', '1', '--for', 'ready')).code, 4)
  t.equal((await run('wait', '1')).code, 0)
})

t.test('a job is waited for until it is completed; one that fails is 4', async t => {
  const { run } = await gatewayFor(t, {
    apps: { good: { command: ['true'], kind: 'job' }, bad: { command: ['false'], kind: 'job' } }
  })
  await run('launch', 'good')
  await run('launch', 'bad')
  t.equal((await run('wait', '1', '--for', 'completed')).code, 0)
  t.equal((await run('wait', '2', '--for', 'completed')).code, 4)
})

t.test('--attach-logs shows what the app writes until it ends, and then how', async t => {
  const { run } = await gatewayFor(t)
  const short = await run('launch', 'demo.short', '--attach-logs', '--env', 'GREETING=hi')
  t.match(short, { code: 0, stdout: 'READY\ndone\n', stderr: /stopped after .+: the app exited, exit 0\n$/ })
  t.equal((await run('launch', 'demo.crash', '--attach-logs')).code, 4)
  t.match(await run('logs', '1', '--follow'), { code: 0, stdout: 'READY\ndone\n', stderr: '' })
})

t.test('each kind of failure has its exit code and one sentence', async t => {
  const { run } = await gatewayFor(t)
  for (const [args, code, stderr] of [
    [['show', '99'], 3, /There is no session 99/],
    [['stop', '99'], 3, /there is no session 99/],
    [['launch', 'nope'], 3, /There is no app 'nope'.+weft-gateway apps/],
    [['launch', 'demo.web', '--env', 'SECRET=1'], 64, /SECRET/],
    [['show', 'x'], 64, /positive whole number/],
    [['stop'], 64, /needs the ids/],
    [['launch', 'demo.web', '--label', 'x'], 64, /name=value/],
    [['ps', '--watch'], 64, /terminal/],
    [['wait', '99', '--timeout', '1'], 3, /There is no session/],
    [['lanch', 'demo.web'], 64, /Did you mean launch\?/],
    [['ps', '--jsn'], 64, /Did you mean --json\?/],
    [['ps', '--url', 'ftp://x'], 64, /no address/]
  ] as const) {
    const outcome = await run(...args)
    t.match(outcome, { code, stderr }, args.join(' '))
    t.match(outcome.stderr, /^weft-gateway: .+\n/)
    t.notMatch(outcome.stderr, /\n {4}at /)
  }
})

t.test('a gateway that is not there is 5, and says how to start one', async t => {
  const folder = await temporaryFolder(t)
  const run = (url: string, ...args: string[]) => new Command(t, args, { env: { WEFT_URL: url } }).ended()
  for (const [url, reason] of [
    [await closedUrl(), 'nothing listens there'],
    [`unix:${socketIn(folder)}`, 'there is no such socket']
  ] as const) {
    for (const args of [['ps'], ['events', '--follow'], ['logs', '1', '-f'], ['launch', 'x'], ['stop', '1']]) {
      const { code, stdout, stderr } = await run(url, ...args)
      t.match({ code, stdout }, { code: 5, stdout: '' }, args.join(' '))
      t.match(
        stderr,
        new RegExp(`^weft-gateway: no gateway at .+: ${reason}\\. Start one with weft-gateway serve, .+\\n$`)
      )
    }
  }
})

t.test('a token that is missing, wrong or too weak is 77', async t => {
  const token = newToken()
  const tokens = [{ name: 'reader', hash: hashToken(token), scopes: ['read' as const] }]
  const { url } = await gatewayFor(t, { tokens })
  const run = (env: Record<string, string>, ...args: string[]) =>
    new Command(t, args, { env: { WEFT_URL: url, ...env } }).ended()
  t.match(await run({}, 'ps'), { code: 77, stderr: /Set WEFT_TOKEN/ })
  t.match(await run({ WEFT_TOKEN: newToken() }, 'ps'), { code: 77, stderr: /It is that of WEFT_TOKEN/ })
  t.match(await run({ WEFT_TOKEN: token }, 'ps'), { code: 0 })
  t.match(await run({ WEFT_TOKEN: token }, 'launch', 'demo.web'), { code: 77, stderr: /launch/ })
})

t.test('stop by label asks for consent, which a script gives with --yes', async t => {
  const { run, onTerminal } = await gatewayFor(t)
  for (const user of ['ada', 'ada', 'bob', 'bob']) await run('launch', 'demo.web', '-w', '--label', `user=${user}`)
  t.match(await run('stop', '--label', 'user=ada'), { code: 64, stderr: /would stop 2 sessions: add --yes/ })
  const refused = await onTerminal(80, ['stop', '--label', 'user=ada'], 'n')
  t.match(refused, { code: 1, stdout: /Stop 2 sessions of demo\.web\? \[y\/N\]/ })
  t.equal((await run('ps', '--quiet')).stdout, '1\n2\n3\n4\n')
  t.equal((await onTerminal(80, ['stop', '--label', 'user=ada'], 'y')).code, 0)
  t.equal((await run('ps', '--quiet')).stdout, '3\n4\n')
  t.match(await run('stop', '--label', 'user=bob', '--yes', '--force'), {
    code: 0,
    stdout: /a client asked, SIGKILL\n/
  })
  t.match(await run('stop', '--label', 'user=bob'), { code: 0, stdout: '', stderr: /no such session/ })
})

t.test('colours are for terminals, where a table fits; not for pipes, nor with NO_COLOR', async t => {
  const { run, onTerminal, url } = await gatewayFor(t)
  await run('launch', 'demo.web', '-w', '--label', `note=${'long '.repeat(30)}`)
  const sequence = '\u001b'
  t.notOk((await run('ps')).stdout.includes(sequence))
  t.match((await run('ps')).stdout, 'long '.repeat(30).trim())
  for (const columns of [80, 120]) {
    const { stdout } = await onTerminal(columns, ['ps'])
    t.ok(stdout.includes(`${sequence}[32mrunning${sequence}[39m`))
    const widths = stdout
      .split('\r\n')
      .map(line => line.replaceAll(new RegExp(`${sequence}\\[[0-9;]*m`, 'g'), '').length)
    t.equal(Math.max(...widths), columns)
    t.match(stdout, '…')
  }
  const plain = await gatewayFor(t, {}, { NO_COLOR: '1', WEFT_URL: url })
  t.notOk((await plain.onTerminal(80, ['ps'])).stdout.includes(sequence))
})

t.test('an app can’t control the terminal on which its log is read', async t => {
  const hostile = { command: ['printf', 'READY\\n\\033[31mred\\033[2Jgone\\007\\n'] }
  const { run, onTerminal } = await gatewayFor(t, { apps: { hostile } })
  await run('launch', 'hostile', '-w')
  await run('wait', '1')
  const { stdout } = await onTerminal(80, ['logs', '1'])
  t.match(stdout, '\u001b[31mredgone\ufffd\u001b[0m')
  t.match((await run('logs', '1')).stdout, '\u001b[31mred\u001b[2Jgone\u0007', 'a pipe gets what was written')
})

t.test('without --url the commands find the gateway of the configuration, on TCP or a Unix socket', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, {
    server: { socket: 'gateway.sock', stateDir: 'state' },
    apps: { 'demo.app': { command: ['x'] } }
  })
  const gateway = new Command(t, ['--log-level', 'silent'], { cwd })
  await gateway.address()
  t.equal((await new Command(t, ['apps', '-q'], { cwd }).ended()).stdout, 'demo.app\n')
  const url = `unix:${socketIn(cwd)}`
  t.equal((await new Command(t, ['apps', '-q', '--url', url]).ended()).stdout, 'demo.app\n')
})

t.test('a reader that has enough ends the command without a word', async t => {
  const { url } = await gatewayFor(t)
  const command = new Command(t, ['openapi'], { env: { WEFT_URL: url } })
  command.child.stdout?.destroy()
  t.match(await command.ended(), { stderr: '' })
})

t.test('a lifetime and a lease are set by a launch, shown, changed, renewed and removed', async t => {
  const { run } = await gatewayFor(t)
  const session = async () => JSON.parse((await run('show', '1', '--json')).stdout)
  t.equal((await run('launch', 'demo.web', '-w', '--lifetime', '1h', '--lease', '2h')).code, 0)
  t.match(await session(), { lifetimeMs: 3_600_000, leaseMs: 7_200_000, expiresAt: { why: 'lifetime' } })
  t.match((await run('show', '1')).stdout, /\n {2}expires {3}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, its lifetime ends then\n/)
  t.match((await run('ps')).stdout, / EXPIRES *\n.* in \d+[hm], lifetime/)
  t.match(await run('update', '1', '--no-lifetime', '--label', 'team=a'), { code: 0, stdout: /^session 1 / })
  const leased = await session()
  t.match(leased, { lifetimeMs: undefined, labels: { team: 'a' }, expiresAt: { why: 'lease' } })
  t.match((await run('ps')).stdout, / in \d+[hm], lease/)
  t.match(await run('renew', '1'), { code: 0, stdout: /^session 1 / })
  t.ok(Date.parse((await session()).expiresAt.at) > Date.parse(leased.expiresAt.at), 'the lease begins anew')
  t.match(await run('update', '1', '--lifetime', '30m'), { code: 0 })
  t.match(await session(), { lifetimeMs: 1_800_000, expiresAt: { why: 'lifetime' } })
})
