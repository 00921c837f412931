import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { InvalidConfig } from '../../src/config/faults.ts'
import { type ConfigSources, type Flags, loadConfig } from '../../src/config/load.ts'
import { configFile } from '../cli/command.ts'
import { temporaryFolder } from '../helper.ts'

function faultsOf(sources: ConfigSources): string[] {
  try {
    loadConfig(sources)
    return []
  } catch (error) {
    if (error instanceof InvalidConfig) return error.faults.map(({ path, detail }) => `${path}: ${detail}`)
    throw error
  }
}

async function faultsOfFile(t: Test, settings: object | string): Promise<string[]> {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, settings)
  return faultsOf({ env: {}, cwd })
}

t.test('without a file and an environment the defaults are in force', async t => {
  const cwd = await temporaryFolder(t)
  const config = loadConfig({ env: { HOME: '/home/me' }, cwd })
  t.match(config, {
    server: { host: '127.0.0.1', port: 7410, logLevel: 'info', onStop: 'stop', orphanTimeoutMs: 600_000 },
    limits: { maxSessions: 1_000, maxStarting: 16 },
    defaults: { readyTimeoutMs: 30_000, stopSignal: 'SIGTERM', stopGraceMs: 5_000 },
    apps: {},
    stateDir: '/home/me/.local/state/weft-gateway',
    baseDir: cwd
  })
  t.equal(config.file, undefined)
  t.equal(loadConfig({ env: { XDG_STATE_HOME: '/var/state' }, cwd }).stateDir, '/var/state/weft-gateway')
})

t.test('a flag wins over the environment, which wins over the file, which wins over the default', async t => {
  const cwd = await temporaryFolder(t)
  const server = { host: '127.0.0.2', port: 1, socket: '/file.sock', stateDir: '/file', logLevel: 'warn' }
  const file = await configFile(cwd, { server }, 'other.toml')
  const fromFile = loadConfig({ flags: { config: 'other.toml' }, env: {}, cwd })
  t.match(fromFile, { server, stateDir: '/file', file, baseDir: cwd })
  const env = {
    WEFT_GATEWAY_CONFIG: 'other.toml',
    WEFT_GATEWAY_HOST: '127.0.0.3',
    WEFT_GATEWAY_PORT: '2',
    WEFT_GATEWAY_SOCKET: '/env.sock',
    WEFT_GATEWAY_STATE_DIR: 'env',
    WEFT_GATEWAY_LOG_LEVEL: 'error',
    WEFT_RUNTIME_BIN: '/bin/runtime'
  }
  t.match(loadConfig({ env, cwd }), {
    server: { host: '127.0.0.3', port: 2, socket: '/env.sock', logLevel: 'error' },
    stateDir: `${cwd}/env`,
    file,
    runtimeBin: '/bin/runtime'
  })
  const flags = { host: '::1', port: '3', socket: '/flag.sock', 'state-dir': 'flag', 'log-level': 'fatal' }
  t.match(loadConfig({ flags, env, cwd }), {
    server: { host: '::1', port: 3, socket: '/flag.sock', logLevel: 'fatal' },
    stateDir: `${cwd}/flag`
  })
  const empty = Object.fromEntries(Object.keys(env).map(name => [name, '']))
  t.equal(loadConfig({ env: empty, cwd }).server.port, 7410, 'an empty variable is none')
})

t.test('a host or a port overrides the socket of what it wins over, and a socket the host and the port', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { server: { socket: '/file.sock', port: 1 } })
  const socketWith = (flags: Flags, env: Record<string, string> = {}) =>
    loadConfig({ flags, env, cwd }).server.socket ?? 'none'
  const variable = { WEFT_GATEWAY_SOCKET: '/env.sock' }
  for (const [flags, env, socket] of [
    [{}, {}, '/file.sock'],
    [{ port: '0' }, {}, 'none'],
    [{ host: '::1' }, variable, 'none'],
    [{}, { WEFT_GATEWAY_PORT: '0' }, 'none'],
    [{}, { ...variable, WEFT_GATEWAY_PORT: '0' }, '/env.sock'],
    [{ socket: '/flag.sock' }, { WEFT_GATEWAY_PORT: '0' }, '/flag.sock'],
    [{ port: '0', socket: '/flag.sock' }, {}, '/flag.sock']
  ] as const)
    t.equal(socketWith(flags, env), socket, JSON.stringify([flags, env]))
  await configFile(cwd, { server: { socket: 7 } })
  t.match(faultsOf({ flags: { port: '0' }, env: {}, cwd }), [/^server\.socket: /], 'its faults are told all the same')
})

t.test('a file that was named must be there', async t => {
  const cwd = await temporaryFolder(t)
  t.match(faultsOf({ flags: { config: 'missing.toml' }, env: {}, cwd }), [
    /^--config: there is no such file \(.*missing\.toml\)$/
  ])
  t.match(faultsOf({ flags: { config: '.' }, env: {}, cwd }), [/^--config: it is a folder/])
})

t.test('broken TOML is told with line and column', async t => {
  t.match(await faultsOfFile(t, '[server]\nport = = 1\n'), [/^line 2, column \d+: /])
  t.match(await faultsOfFile(t, '[server]\nport = 1\nport = 2\n'), [/^line 3, column \d+: /])
})

t.test('every fault is named with its path, all at once', async t => {
  const settings = {
    servr: {},
    server: { port: 70_000, logLevel: 'loud', allowedHosts: 'x' },
    limits: { maxSessions: -1 },
    defaults: { stopSignal: 'SIGNONE', stopGraceMs: 1.5 },
    apps: { '-x': { command: ['x'] }, 'a.b': { command: 'sh -c x', env: { 'A B': 'x' }, colour: 'red' }, c: {} }
  }
  const faults = await faultsOfFile(t, settings)
  for (const path of [
    'servr: is not known',
    'server.port: ',
    'server.logLevel: must be one of trace, ',
    'server.allowedHosts: ',
    'limits.maxSessions: ',
    'defaults.stopSignal: must be one of ',
    'defaults.stopGraceMs: ',
    'apps.-x: is not an app id',
    'apps."a.b".command: ',
    'apps."a.b".colour: is not known',
    'apps.c.command: is missing'
  ]) {
    t.ok(
      faults.some(fault => fault.startsWith(path)),
      `${path} in ${faults.join(' | ')}`
    )
  }
})

t.test('a readiness must be one of its kinds, and make sense', async t => {
  const faultsFor = (ready: object) => faultsOfFile(t, { apps: { app: { command: ['x'], ready } } })
  t.match(await faultsFor({}), [/^apps\.app\.ready: must have exactly one of/])
  t.match(await faultsFor({ line: 'READY', none: true }), [/^apps\.app\.ready: must have exactly one of/])
  t.match(await faultsFor({ pattern: '(' }), [
    /^apps\.app\.ready\.pattern: is not a pattern that can be run in linear time: missing closing \): /
  ])
  t.match(await faultsFor({ tcp: 'nowhere' }), [/^apps\.app\.ready\.tcp: must be/])
  t.match(await faultsFor({ http: 'ftp://x/' }), [/^apps\.app\.ready\.http: /])
  t.match(await faultsFor({ none: false }), [/^apps\.app\.ready\.none: /])
  t.same(await faultsFor({ line: 'up', stream: 'both', token: true }), [])
  t.same(await faultsFor({ http: 'http://x/', status: [200, 401], headers: { a: 'b' }, intervalMs: 1 }), [])
  t.same(await faultsFor({ tcp: '{port}', stream: 'both' }), ['apps.app.ready.stream: goes only with line or pattern'])
  t.same(await faultsFor({ tcp: '{port}', status: 200 }), ['apps.app.ready.status: goes only with http'])
  t.match(await faultsFor({ http: 'http://x/', status: 99 }), [/^apps\.app\.ready\.status: must be >= 100/])
  t.match(await faultsFor({ http: 'http://x/', headers: { 'a b': 'c' } }), [/is not the name of a header/])
  t.match(await faultsFor({ line: 'x', stream: 'stdin' }), [/^apps\.app\.ready\.stream: must be one of stdout/])
  t.match(await faultsFor({ fd: 2 }), [/^apps\.app\.ready\.fd: must be >= 3/])
  t.same(await faultsFor({ command: [''] }), ['apps.app.ready.command: must name a program'])
  t.match(await faultsFor({ command: [] }), [/^apps\.app\.ready\.command: /])
})

t.test('settings of jobs go only with jobs, wherever the kind comes from', async t => {
  const command = ['x']
  const faults = await faultsOfFile(t, {
    templates: { batch: { kind: 'job', command } },
    apps: {
      a: { command, successExitCodes: [1] },
      b: { command, ready: { exit: true } },
      c: { kind: 'job', command, daemonizes: true },
      d: { use: 'batch', successExitCodes: [1], ready: { exit: true } },
      e: { command, daemonizes: true }
    }
  })
  t.same(faults, [
    'apps.a.successExitCodes: goes only with kind = "job"',
    'apps.b.ready.exit: goes only with kind = "job"',
    'apps.c.daemonizes: goes only with kind = "service"'
  ])
})

t.test('a key that is not known is told with the one that was meant', async t => {
  const faults = await faultsOfFile(t, {
    server: { maxconnections: 1 },
    apps: { app: { command: ['x'], stop_signal: 'SIGINT', ready: { htpp: 'http://x/' }, zzz: 1 } }
  })
  for (const fault of [
    'server.maxconnections: is not known; did you mean maxConnections?',
    'apps.app.stop_signal: is not known; did you mean stopSignal?',
    'apps.app.ready.htpp: is not known; did you mean http?',
    'apps.app.zzz: is not known'
  ]) {
    t.ok(faults.includes(fault), `${fault} in ${faults.join(' | ')}`)
  }
})

t.test('a port that is no number is the fault of the option or the variable that says it', async t => {
  const cwd = await temporaryFolder(t)
  for (const port of ['abc', '-1', '1.5', '70000', '0x10', '1e3']) {
    t.match(faultsOf({ flags: { port }, env: {}, cwd }), [/^--port: /], port)
    t.match(faultsOf({ env: { WEFT_GATEWAY_PORT: port }, cwd }), [/^WEFT_GATEWAY_PORT: /], port)
  }
})

t.test(
  'WEFT_APPD_WS_PORT is the port where clients of WEFT OS are served and nothing else sets a port or a socket',
  async t => {
    const cwd = await temporaryFolder(t)
    const file = join(cwd, 'weft-gateway.toml')
    const variable = { WEFT_APPD_WS_PORT: '7500' }
    const table: [string, ConfigSources, number][] = [
      ['[weft]\nenabled = true', {}, 7500],
      ['[weft]\nenabled = true', { env: { ...variable, WEFT_GATEWAY_PORT: '1' } }, 1],
      ['[weft]\nenabled = true', { flags: { port: '2' } }, 2],
      ['[weft]\nenabled = true', { flags: { host: '127.0.0.2' } }, 7500],
      ['[weft]\nenabled = true\n[server]\nport = 3', {}, 3],
      ['[weft]\nenabled = true\n[server]\nsocket = "s"', {}, 7410],
      ['', {}, 7410]
    ]
    for (const [text, sources, port] of table) {
      await writeFile(file, text)
      t.equal(loadConfig({ env: variable, cwd, ...sources }).server.port, port, text)
    }
    await writeFile(file, '[weft]\nenabled = true')
    t.match(faultsOf({ env: { WEFT_APPD_WS_PORT: 'abc' }, cwd }), [/^WEFT_APPD_WS_PORT: /])
  }
)

t.test('an option hides no fault of the same setting in the file', async t => {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, { server: { port: 70_000, logLevel: 'loud' }, tokens: [] })
  t.match(faultsOf({ flags: { port: 'abc' }, env: {}, cwd }), [
    /^--port: .*"abc"/,
    /^server\.logLevel/,
    /^server\.port: /
  ])
  t.match(faultsOf({ flags: { port: '1' }, env: { WEFT_GATEWAY_LOG_LEVEL: 'info' }, cwd }), [
    /^server\.port: /,
    /^server\.logLevel: /
  ])
  await configFile(cwd, { server: { host: '0.0.0.0' } })
  t.same(faultsOf({ flags: { host: '127.0.0.1' }, env: {}, cwd }), [], 'what it overrides is not in force')
})

t.test('an address that others can reach is refused, as long as nobody can be asked who calls', async t => {
  const cwd = await temporaryFolder(t)
  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'gateway.example']) {
    t.match(faultsOf({ flags: { host }, env: {}, cwd }), [/^--host: .*can be reached/], host)
  }
  for (const host of ['127.0.0.1', '127.8.9.1', '::1', 'localhost'])
    t.same(faultsOf({ flags: { host }, env: {}, cwd }), [])
})

t.test('arguments of a command may be empty, its program may not', async t => {
  t.same(await faultsOfFile(t, { apps: { app: { command: ['x', ''] } } }), [])
  t.same(await faultsOfFile(t, { apps: { app: { command: ['', 'x'] } } }), ['apps.app.command.0: must name a program'])
})

t.test('D28: names that every object has are no apps and no settings', async t => {
  t.same(await faultsOfFile(t, { apps: { constructor: { command: ['x'] } } }), [])
  t.not((await faultsOfFile(t, '[apps.__proto__]\ncommand = ["x"]\n')).length, 0)
})

t.test('a bad app id hides no other fault', async t => {
  const token = { name: 'ci', hash: `sha256:${'0'.repeat(64)}`, scopes: ['read'] }
  const faults = await faultsOfFile(t, {
    server: { host: '0.0.0.0' },
    limits: { maxSessions: 'x' },
    tokens: [],
    apps: {
      '-x': { command: [], colour: 'red' },
      'a\nb': { command: ['x'] },
      c: { command: [''], env: { 'A B': 'x' } },
      d: { command: [''] }
    }
  })
  for (const path of [
    'server.host: 0.0.0.0 can be reached',
    'limits.maxSessions: ',
    'apps.-x: is not an app id',
    'apps.-x.command: ',
    'apps.-x.colour: is not known',
    'apps."a\\nb": is not an app id',
    'apps.c.env."A B": is not a variable name',
    'apps.d.command.0: must name a program'
  ]) {
    t.ok(
      faults.some(fault => fault.startsWith(path)),
      `${path} in ${faults.join(' | ')}`
    )
  }
  const repeated = await faultsOfFile(t, { servr: {}, tokens: [token, token], apps: { '-x': { command: ['x'] } } })
  t.match(repeated, [/^servr: /, /^apps\.-x: /, /^tokens\.1\.name: /, /^tokens\.1\.hash: /])
  t.equal(repeated.length, 4)
})

t.test('a fault hides no other one beside it, whether the schema says it or the meaning', async t => {
  const token = { name: 'ci', hash: `sha256:${'0'.repeat(64)}`, scopes: ['read'] }
  const { hash, ...withoutHash } = token
  const faultsBeside = async (settings: object) => (await faultsOfFile(t, settings)).map(fault => fault.split(': ')[0])
  t.same(await faultsBeside({ server: { host: '0.0.0.0', port: 'abc' } }), ['server.port', 'server.host'])
  t.same(await faultsBeside({ server: { host: 5 }, tokens: [] }), ['server.host'])
  t.same(await faultsBeside({ tokens: [withoutHash, token] }), ['tokens.0.hash', 'tokens.1.name'])
  t.same(await faultsBeside({ tokens: [{ ...token, name: 5 }, token, 'x'] }), [
    'tokens.0.name',
    'tokens.2',
    'tokens.1.hash'
  ])
  const ready = { pattern: '(' }
  t.same(await faultsBeside({ apps: { a: { colour: 'red', command: [''], ready } } }), [
    'apps.a.colour',
    'apps.a.command.0',
    'apps.a.ready.pattern'
  ])
  t.same(await faultsBeside({ apps: { a: { ready } } }), ['apps.a.command', 'apps.a.ready.pattern'])
  t.same(await faultsBeside({ apps: { a: { command: ['x'], ready: 'READY' }, b: 5 } }), ['apps.b', 'apps.a.ready'])
})

t.test('a duration that no timer takes is refused', async t => {
  for (const value of [2_147_483_647, 86_400_001, -1]) {
    const faults = await faultsOfFile(t, {
      defaults: { stopGraceMs: value, readyTimeoutMs: value },
      apps: { a: { command: ['x'], stopGraceMs: value } }
    })
    t.match(faults, [/^defaults\.readyTimeoutMs/, /^defaults\.stopGraceMs/, /^apps\.a\.stopGraceMs/])
  }
  t.same(await faultsOfFile(t, { server: { orphanTimeoutMs: 0 }, defaults: { stopGraceMs: 86_400_000 } }), [])
  t.match(await faultsOfFile(t, { defaults: { readyTimeoutMs: 0 } }), [/^defaults\.readyTimeoutMs/])
})

t.test(
  'a state folder of the file is relative to the file, one of an option or a variable to the working folder',
  async t => {
    const folder = await temporaryFolder(t)
    const config = join(folder, 'weft-gateway.toml')
    await writeFile(config, '[server]\nstateDir = ".state"\n')
    const stateDir = (flags: Flags, env = {}) =>
      loadConfig({ flags: { config, ...flags }, env, cwd: '/elsewhere' }).stateDir
    t.equal(stateDir({}), join(folder, '.state'))
    t.equal(stateDir({ 'state-dir': 'flag' }), '/elsewhere/flag')
    t.equal(stateDir({}, { WEFT_GATEWAY_STATE_DIR: 'variable' }), '/elsewhere/variable')
  }
)

t.test('an app id with dots that is not quoted is told so, once and with the header to write', async t => {
  const file = `
[apps.demo.web]
command = ["sh"]
[apps.demo.web.env]
A = "b"
[apps.a.b.c]
command = ["sh"]
[apps.typo]
command = ["sh"]
[apps.typo.env2]
A = "b"
[apps.none]
`
  t.same(await faultsOfFile(t, file), [
    'apps.demo.web: a name with dots must be quoted: [apps."demo.web"]',
    'apps.a.b: a name with dots must be quoted: [apps."a.b.c"]',
    'apps.typo.env2: is not known; did you mean env?',
    'apps.none.command: is missing'
  ])
  t.same(await faultsOfFile(t, '[templates.t.x]\ncommand = ["sh"]'), [
    'templates.t.x: a name with dots must be quoted: [templates."t.x"]'
  ])
})
