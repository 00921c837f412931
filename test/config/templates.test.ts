import t, { type Test } from 'tap'
import { InvalidConfig } from '../../src/config/faults.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configFile } from '../cli/command.ts'
import { build, launch, shell, temporaryFolder, until } from '../helper.ts'

async function load(t: Test, settings: string) {
  const cwd = await temporaryFolder(t)
  await configFile(cwd, settings)
  return loadConfig({ env: {}, cwd })
}

async function faults(t: Test, settings: string): Promise<string[]> {
  try {
    await load(t, settings)
    return []
  } catch (error) {
    if (error instanceof InvalidConfig) return error.faults.map(({ path, detail }) => `${path}: ${detail}`)
    throw error
  }
}

t.test('the nearest value of a setting counts: the app, its template, [defaults]', async t => {
  const { apps } = await load(
    t,
    `[defaults]
    stopGraceMs = 1
    readyTimeoutMs = 1
    maxSessions = 1
    passEnv = ["FROM_DEFAULTS"]
    env = { A = "defaults", B = "defaults", C = "defaults" }

    [templates.node]
    command = ["npm", "start"]
    ready = { tcp = "{port}" }
    stopGraceMs = 2
    readyTimeoutMs = 2
    env = { B = "template", C = "template" }

    [apps.plain]
    command = ["true"]

    [apps.shop]
    use = "node"
    stopGraceMs = 3
    env = { C = "app" }
    `
  )
  t.match(apps.plain, { command: ['true'], ready: { line: 'READY' }, stopSignal: 'SIGTERM', stopGraceMs: 1 })
  t.same(apps.shop, {
    command: ['npm', 'start'],
    ready: { tcp: '{port}' },
    readyTimeoutMs: 2,
    stopSignal: 'SIGTERM',
    stopGraceMs: 3,
    maxSessions: 1,
    passEnv: ['FROM_DEFAULTS'],
    clientEnv: [],
    env: { A: 'defaults', B: 'template', C: 'app' }
  })
})

t.test('a fault of a template is named where it is, and once', async t => {
  const file = `
    [defaults]
    ready = { tcp = "nowhere" }
    [templates.web]
    ready = { http = "ftp://x/" }
    colour = "red"
    [apps.a]
    use = "web"
    command = ["x"]
    [apps.b]
    use = "web"
    command = ["x"]
    `
  t.match(await faults(t, file), [
    /^templates\.web\.colour: is not known/,
    /^templates\.web\.ready\.http: /,
    /^defaults\.ready\.tcp: must be/
  ])
})

t.test('an app needs a command, its own or that of its template, and a template that is there', async t => {
  t.match(await faults(t, '[templates.t]\ntitle = "x"\n[apps.a]\nuse = "t"'), [/^apps\.a\.command: is missing/])
  t.match(await faults(t, '[templates.t]\ntitle = "x"\n[apps.a]\nuse = "u"\ncommand = ["x"]'), [
    "apps.a.use: there is no template 'u'; there is t"
  ])
  t.match(await faults(t, '[apps.a]\nuse = "toString"\ncommand = ["x"]'), [
    "apps.a.use: there is no template 'toString'; there are none"
  ])
  t.match(await faults(t, 'templates = 1\n[apps.a]\nuse = "u"\ncommand = ["x"]'), [/^templates: /])
  t.match(await faults(t, '[defaults]\ncommand = ["x"]'), [/^defaults\.command: is not known/])
})

t.test('a session has the variables and the readiness of [defaults]', async t => {
  const defaults = { env: { GREETING: 'hello' }, ready: { pattern: '^(?<greeting>\\w+)$' } }
  const { command = [] } = shell('echo $GREETING; exec sleep 60')
  const fastify = await build(t, { defaults, apps: { app: { command } } })
  const { id } = await launch(fastify, 'app')
  t.match(await until(fastify, id, 'ready'), { state: 'running', ready: { greeting: 'hello' } })
})
